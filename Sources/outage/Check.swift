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
    for path in paths {
      let text = try Files.text(of: path)
      do {
        Output.write("\(path): fine, \(try summary(of: text, path))\n")
      } catch let problems as Problems {
        isFine = false
        for problem in problems.list { Talk.plain(problem.description) }
      }
    }
    if !isFine { throw ExitCode(1) }
  }

  private func summary(of text: String, _ path: String) throws -> String {
    if Scenario.isMeant(by: text) {
      let scenario = try Scenario(yaml: text, path: path)
      let length = (scenario.span.upperBound - scenario.span.lowerBound).brief
      return "a scenario of \(length) with \(scenario.plan.session.targets.count) targets"
    }
    let session = try Plan(yaml: text, path: path, schemes: CurlNetwork.schemes).session
    let sentinels = session.targets.count(where: \.isSentinel)
    return "a plan with \(session.targets.count - sentinels) targets, "
      + "\(sentinels) sentinels and \(session.groups.count) groups"
  }
}
