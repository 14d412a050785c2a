import ArgumentParser
import Glibc

@main
struct Outage: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outage",
    abstract: "Watches networks, tells blips from outages, and writes the timeline.",
    discussion: """
      Results go to standard output, all else to standard error. Exit codes: 0 fine, 1 something is \
      down (watch --once) or a check failed, 2 wrong usage, 64 to 78 as in sysexits.h.
      """,
    version: "0.1.0",
    subcommands: [
      Watch.self, ProbeCommand.self, Replay.self, TimelineCommand.self, Simulate.self,
      ScoreCommand.self, Check.self,
      Why.self,
      Note.self,
    ])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as Failure {
      Talk.error(failure.message)
      Glibc.exit(failure.code.rawValue)
    } catch let code as ExitCode {
      Glibc.exit(code.rawValue)
    } catch {
      let text = fullMessage(for: error)
      if exitCode(for: error) == .success {
        print(text)
        Glibc.exit(0)
      }
      Talk.plain(text)
      Glibc.exit(Failure.Code.usage.rawValue)
    }
  }
}

/// Why the command ends without its result: a message that says what to do, and the exit code.
struct Failure: Error {
  /// The codes of sysexits.h, but for usage, which is 2 as in most tools.
  enum Code: Int32 {
    case usage = 2
    case badData = 65
    case noInput = 66
    case unavailable = 69
    case cannotCreate = 73
    case inputOutput = 74
    case tryLater = 75
    case badPlan = 78
  }

  var code: Code
  var message: String

  init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }
}
