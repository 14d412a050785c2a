import ArgumentParser
import JSONText
import Outages
import Plans
import ProbeLog
import Probing
import Reports

struct ProbeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract: "Asks once, and tells all that can be known of the answer.",
    discussion: """
      Exits with 0 when it answered as expected, with 1 when it did not. Nothing is recorded. What a \
      plan can say of a target, --with can say here:

        outage probe https://example.org/health --with '{method: POST, expect: {json: {/up: true}}}'
        outage probe 'dns://9.9.9.9/example.org?type=AAAA'
        outage probe shop --plan probes/ --trace
      """)

  @Argument(help: ArgumentHelp("What to ask, or with --plan a target's name.", valueName: "url"))
  var url: String

  @Option(help: ArgumentHelp("More of it, as in a plan: '{redirects: 3}'.", valueName: "settings"))
  var with: String?

  @Option(
    help: ArgumentHelp("How long to wait, at most 9s. (default: 5s)", valueName: "duration"))
  var timeout: String?

  @Option(help: ArgumentHelp("ipv4, ipv6, both or any.", valueName: "family"))
  var family: String?

  @Option(help: ArgumentHelp("The address or interface to ask from.", valueName: "source"))
  var source: String?

  @Option(help: ArgumentHelp("Ask a target of this plan; may be given again.", valueName: "file"))
  var plan: [String] = []

  @Flag(help: "Show on standard error what is said, without secrets.")
  var trace = false

  @Option(help: "How to print what became of it.")
  var format = ReportOptions.Format.text

  func validate() throws {
    if !plan.isEmpty, with != nil || timeout != nil || family != nil || source != nil {
      throw ValidationError("--plan says how its targets are asked; leave the other options out")
    }
  }

  func run() throws {
    let plan = try chosen()
    let names = plan.session.targets.map(\.name)
    let network: LiveNetwork
    do {
      network = try LiveNetwork(
        probes: Dictionary(uniqueKeysWithValues: plan.probes.enumerated().map { ($0, $1) }),
        limits: plan.limits,
        trace: trace ? { Talk.plain($0.printable) } : nil)
    } catch {
      throw Failure(.unavailable, error.description)
    }
    for index in names.indices {
      network.send(Schedule.Turn(target: index, due: network.now), after: nil)
    }
    var stories: [Int: ProbeStory] = [:]
    while network.oldestInFlight != nil {
      var outcomes: [Observation] = []
      network.wait(until: network.now + .seconds(60), &outcomes)
      for observation in outcomes {
        stories[observation.target] = ProbeStory(
          name: names[observation.target], observation, network.detail(of: observation))
      }
    }
    for index in names.indices {
      guard let story = stories[index] else { continue }
      try Output.result(format == .json ? story.line + "\n" : story.whole(.ofOutput()))
    }
    if stories.count < names.count || !stories.values.allSatisfy(\.isAnswered) {
      throw ExitCode(1)
    }
  }

  /// The one target, or the two of one that has both families.
  private func chosen() throws -> Plan {
    if plan.isEmpty { return try written() }
    var plan = try Files.plan(plan)
    let wanted = [url, url + "/ipv4", url + "/ipv6"].compactMap(plan.session.index(of:))
    if wanted.isEmpty {
      throw Failure(
        .usage,
        "the plan has no target '\(url)'"
          + url.suggestion(of: plan.session.targets.map(\.name)))
    }
    plan.probes = wanted.map { plan.probes[$0] }
    plan.session = Session(targets: wanted.map { plan.session.targets[$0] })
    return plan
  }

  /// A plan of what the options say.
  private func written() throws -> Plan {
    // What JSON quotes, YAML reads.
    func quoted(_ text: String) -> String { JSON.string(text).line }
    let options = [("url", url), ("timeout", timeout), ("family", family), ("source", source)]
      .compactMap { name, value in value.map { "\(name): \(quoted($0)), " } }.joined()
    let more = with ?? "{}"
    guard more.hasPrefix("{"), more.hasSuffix("}"), more.count > 1 else {
      throw Failure(.usage, "--with takes settings in braces, like '{redirects: 3}'")
    }
    // In one mapping, so that what is said twice is refused.
    let name = quoted(url.isEmpty ? "nothing" : ProbeURL.withoutSecret(url))
    let text = "targets: {\(name): {\(options)\(more.dropFirst().dropLast())}}"
    do {
      return try Plan(
        [Source(path: "", text: text)], schemes: LiveNetwork.schemes, in: Files.surroundings)
    } catch {
      throw Failure(.usage, error.list.map(\.message).joined(separator: "\n"))
    }
  }
}

extension ProbeStory {
  /// The same as a line of the log.
  var line: String { observation.line(name: name, detail: detail) }
}
