// The kubectl plugin: kubectl finds it on the PATH by its name.

import Commands
import Foundation

exit(await runPlugin(Array(CommandLine.arguments.dropFirst())))
