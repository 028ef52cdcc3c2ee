// Feeds what people and servers write with made-up input: martlet-fuzz [TARGET…] [--seconds N]
// [--from SEED], or one case again, shown: martlet-fuzz TARGET --only SEED
//
// A case is its target and its seed. Ended by a crash, or by the watch over time and memory, the
// program names the case.

import Foundation

guard let wish = Wish(Array(CommandLine.arguments.dropFirst())) else {
    let names = FuzzTarget.all.map(\.name).joined(separator: ", ")
    print(
        "usage: martlet-fuzz [TARGET…] [--seconds N] [--from SEED] [--only SEED]; targets: \(names)"
    )
    exit(2)
}

Fuzzer.run(wish)
