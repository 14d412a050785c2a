import Glibc
import Outages
import Probing

/// How the prober keeps up, for Prometheus: a file that its node exporter's textfile collector reads.
struct Metrics {
  let path: String
  private var due: Instant?
  private var hasFailed = false

  init(_ path: String) { self.path = path }

  /// How often the file is written anew.
  private static let every = Duration.seconds(15)

  /// Writes if it is time to.
  mutating func update(_ network: LiveNetwork, skipped: Int, unrecorded: Int) {
    if let due, network.now < due { return }
    due = network.now + Metrics.every
    finish(network, skipped: skipped, unrecorded: unrecorded)
  }

  /// Writes. A file that cannot be written costs nothing else, and is told of once.
  mutating func finish(_ network: LiveNetwork, skipped: Int, unrecorded: Int) {
    do {
      try write(network, skipped: skipped, unrecorded: unrecorded)
    } catch {
      if !hasFailed { Talk.error((error as? Failure)?.message ?? "\(error)") }
      hasFailed = true
    }
  }

  /// Writes beside the file and then in its place, so that nobody reads a half.
  private func write(_ network: LiveNetwork, skipped: Int, unrecorded: Int) throws {
    try Files.write(
      Metrics.text(network, skipped: skipped, unrecorded: unrecorded), to: path + ".new")
    if rename(path + ".new", path) != 0 {
      throw Failure(.cannotCreate, "cannot write \(path): \(String(cString: strerror(errno)))")
    }
  }

  private static func text(_ network: LiveNetwork, skipped: Int, unrecorded: Int) -> String {
    let punctuality = network.punctuality
    var text = ""
    func add(
      _ name: String, _ type: String, _ help: String, _ values: [(labels: String, value: String)]
    ) {
      text += "# HELP outage_\(name) \(help)\n# TYPE outage_\(name) \(type)\n"
      for (labels, value) in values { text += "outage_\(name)\(labels) \(value)\n" }
    }
    func seconds(_ duration: Duration) -> String { "\(duration.seconds)" }
    add("probes_sent_total", "counter", "Probes that were sent.", [("", "\(punctuality.sent)")])
    add(
      "probes_in_flight", "gauge", "Probes that have no outcome yet.",
      [("", "\(network.inFlightCount)")])
    add(
      "probe_late_seconds", "gauge", "How long after their time probes were sent.",
      [0.5, 0.99].map { ("{quantile=\"\($0)\"}", seconds(punctuality.quantile($0))) }
        + [("{quantile=\"1\"}", seconds(punctuality.most))])
    add(
      "probes_late_total", "counter", "Probes that were sent a tenth of a second late or more.",
      [("", "\(punctuality.late)")])
    add("turns_skipped_total", "counter", "Turns that were left out.", [("", "\(skipped)")])
    add(
      "probes_prevented_total", "counter", "Probes that our own troubles prevented.",
      Trouble.allCases.map {
        ("{trouble=\"\($0.rawValue)\"}", "\(network.prevented[$0] ?? 0)")
      })
    add(
      "probes_unobserved_total", "counter", "Probes that failed over a lapse of our own.",
      [("", "\(network.unobserved)")])
    add(
      "probes_unrecorded_total", "counter", "Probes that could not be written to the log.",
      [("", "\(unrecorded)")])
    return text
  }
}
