import ArgumentParser
import Outages
import Plans
import Probing
import Simulation

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Validates plans and scenarios, and names every error with its place and remedy.")

  @Argument(help: ArgumentHelp("Plans or scenarios.", valueName: "file"))
  var paths: [String]

  func run() throws {
    var isFine = true
    var unreadable: Failure.Code?
    for path in paths {
      do {
        let text = try Files.text(of: path)
        try Output.result("\(path): fine, \(try summary(of: text, path))\n")
      } catch let problems as Problems {
        isFine = false
        for problem in problems.list { Talk.plain(problem.description) }
      } catch let failure as Failure where failure.code != .inputOutput {
        unreadable = unreadable ?? failure.code
        Talk.error(failure.message)
      }
    }
    if !isFine { throw ExitCode(1) }
    if let unreadable { throw ExitCode(unreadable.rawValue) }
  }

  private func summary(of text: String, _ path: String) throws -> String {
    if Scenario.isMeant(by: text) {
      let scenario = try Scenario(yaml: text, path: path)
      let length = (scenario.span.upperBound - scenario.span.lowerBound).brief
      return "a scenario of \(length) with \(count(scenario.plan.session.targets.count, "target"))"
    }
    let session = try Plan(yaml: text, path: path, schemes: CurlNetwork.schemes).session
    let sentinels = session.targets.count(where: \.isSentinel)
    return "a plan with \(count(session.targets.count - sentinels, "target")), "
      + "\(count(sentinels, "sentinel")) and \(count(session.groups.count, "group"))"
  }

  private func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
