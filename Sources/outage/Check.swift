import ArgumentParser
import Outages
import Plans
import Probing
import Simulation

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Validates plans and scenarios, and names every error with its place and remedy.",
    discussion: "Plans that are named together are checked as the one plan that they make.")

  @Argument(help: ArgumentHelp("Plans or scenarios, or folders of them.", valueName: "file"))
  var paths: [String]

  /// More problems than this are of one kind.
  private static let most = 100

  func run() throws {
    var isFine = true
    var unreadable: Failure.Code?
    var plans: [Source] = []
    func check(_ path: String, _ body: () throws -> Void) throws {
      do {
        try body()
      } catch let problems as Problems {
        isFine = false
        for problem in problems.list.prefix(Check.most) { Talk.plain(problem.description) }
        let left = problems.list.count - Check.most
        if left > 0 { Talk.plain("… and \(count(left, "problem")) more") }
      } catch let failure as Failure where failure.code != .inputOutput {
        unreadable = unreadable ?? failure.code
        Talk.error(failure.message)
      }
    }
    for path in paths {
      try check(path) {
        for source in try Files.sources([path]) {
          if Scenario.isMeant(by: source.text) {
            try check(source.path) { try checkScenario(source) }
          } else {
            plans.append(source)
          }
        }
      }
    }
    if !plans.isEmpty {
      let path = plans.map(\.path).joined(separator: ", ")
      try check(path) { try Output.result("\(path): fine, \(try summary(of: plans))\n") }
    }
    if !isFine { throw ExitCode(1) }
    if let unreadable { throw ExitCode(unreadable.rawValue) }
  }

  private func checkScenario(_ source: Source) throws {
    let scenario = try Scenario(yaml: source.text, path: source.path)
    let length = (scenario.span.upperBound - scenario.span.lowerBound).brief
    try Output.result(
      "\(source.path): fine, a scenario of \(length) with "
        + "\(count(scenario.plan.session.targets.count, "target"))\n")
  }

  private func summary(of plans: [Source]) throws -> String {
    let session = try Plan(plans, schemes: LiveNetwork.schemes, in: Files.surroundings).session
    let sentinels = session.targets.count(where: \.isSentinel)
    return "a plan with \(count(session.targets.count - sentinels, "target")), "
      + "\(count(sentinels, "sentinel")) and \(count(session.groups.count, "group"))"
  }

  private func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
