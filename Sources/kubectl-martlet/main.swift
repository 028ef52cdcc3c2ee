// The kubectl plugin: kubectl finds it on the PATH by its name.

import Commands
import Foundation

let code = await runPlugin(Array(CommandLine.arguments.dropFirst()))
// A watch that has just ended may still be taken apart on the client's own thread. The handlers that
// libraries run at exit (OpenSSL's are among them) would free what it works with.
fflush(nil)
_exit(code)
