// Runs a program with a time limit, an output limit and an environment that is stated in full.

private import Subprocess

/// A program to run. Secrets go into the environment, never into the arguments, which every user
/// of the machine can read.
package struct Command: Sendable {
    /// The program's name, looked up in `PATH`, or its absolute path.
    package var program: String
    package var arguments: [String]
    /// The whole environment: nothing is inherited.
    package var environment: [String: String]
    package var input: [UInt8] = []
    package var timeout: Duration
    package var outputByteCountMax: Int

    package init(
        _ program: String, _ arguments: [String], environment: [String: String], input: [UInt8] = [],
        timeout: Duration, outputByteCountMax: Int
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.input = input
        self.timeout = timeout
        self.outputByteCountMax = outputByteCountMax
    }
}

/// What a program that ended left behind.
package struct CommandResult: Hashable, Sendable {
    /// The exit code; negative is the signal that ended it.
    package var exitCode: Int
    package var output: [UInt8]
    /// Up to 64 KiB of what it wrote to standard error.
    package var errorText: String

    package init(exitCode: Int, output: [UInt8] = [], errorText: String = "") {
        self.exitCode = exitCode
        self.output = output
        self.errorText = errorText
    }
}

/// Why a program could not be run to its end.
package enum CommandFailure: Error, Hashable, Sendable {
    /// No directory of `PATH` holds it.
    case notFound(program: String)
    /// It was stopped after its time limit.
    case timedOut(after: Duration)
    /// It wrote more than its output limit.
    case tooMuchOutput(byteCountMax: Int)
    /// It could not be started or watched.
    case broken(String)
}

/// Runs programs; tests put a script in its place.
package protocol CommandRunner: Sendable {
    func run(_ command: Command) async throws(CommandFailure) -> CommandResult
}

/// Runs programs as processes in sessions of their own, so that all of their children end with them.
package struct ProcessRunner: CommandRunner {
    package init() {}

    private enum Ending: Sendable {
        case result(CommandResult)
        case failure(CommandFailure)
        case timeout
    }

    package func run(_ command: Command) async throws(CommandFailure) -> CommandResult {
        let ending: Ending = await withTaskGroup(of: Ending.self) { group in
            group.addTask { await Self.ending(of: command) }
            group.addTask {
                try? await Task.sleep(for: command.timeout)
                return .timeout
            }
            let first = await group.next() ?? .timeout
            // Cancelling the process's task runs its teardown: terminate, then kill, the session.
            group.cancelAll()
            return first
        }
        switch ending {
        case .result(let result): return result
        case .failure(let failure): throw failure
        case .timeout: throw .timedOut(after: command.timeout)
        }
    }

    private static func ending(of command: Command) async -> Ending {
        let errorByteCountMax = 64 << 10
        var environment = command.environment
        let name = executableName(command.program, &environment)
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500)),
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(100)),
        ]
        do {
            let pairs = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
            let result = try await Subprocess.run(
                .name(name), arguments: Arguments(command.arguments),
                environment: .custom(Dictionary(uniqueKeysWithValues: pairs)),
                platformOptions: options, input: .array(command.input),
                output: .bytes(limit: command.outputByteCountMax),
                error: .string(limit: errorByteCountMax))
            let code: Int =
                switch result.terminationStatus {
                case .exited(let code): Int(code)
                case .signaled(let signal): -Int(signal)
                }
            return .result(
                CommandResult(exitCode: code, output: result.standardOutput, errorText: result.standardError))
        } catch let error as SubprocessError {
            if error.code == .executableNotFound { return .failure(.notFound(program: command.program)) }
            if error.code == .outputLimitExceeded {
                return .failure(.tooMuchOutput(byteCountMax: command.outputByteCountMax))
            }
            return .failure(.broken("\(error)"))
        } catch {
            return .failure(.broken("\(error)"))
        }
    }

    /// Subprocess looks names up in `PATH`: an absolute path becomes a name and a `PATH` of its
    /// directory first.
    private static func executableName(_ program: String, _ environment: inout [String: String]) -> String {
        guard let slash = program.lastIndex(of: "/") else { return program }
        let directory = String(program[..<slash])
        environment["PATH"] = directory + ":" + (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin")
        return String(program[program.index(after: slash)...])
    }
}
