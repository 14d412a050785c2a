import Glibc
import Outages

/// An outcome on its way. Of those that arrive together, the one sent first comes first.
struct Arrival: Comparable, Sendable {
  var at: Instant
  var ticket: Int
  var observation: Observation

  static func < (a: Arrival, b: Arrival) -> Bool { (a.at, a.ticket) < (b.at, b.ticket) }
}

extension Climate.Condition {
  /// What becomes of a probe under this condition, and how long that takes.
  func answer(timeout: Duration, random: inout RandomSource) -> (Outcome, Duration) {
    // Each probe draws the same numbers whatever becomes of it: one change of weather then leaves
    // the luck of all other probes as it was.
    let (luck, normal) = (random.uniform(), random.normal())
    let latency = self.latency * exp(jitter * normal)
    if let failure, failure != .timeout {
      return (.failed(failure), min(.milliseconds(Int64(latency)), timeout))
    }
    if failure == .timeout || luck < loss || latency >= Double(timeout.milliseconds) {
      return (.failed(.timeout), timeout)
    }
    let tenths = Int64(latency * 10 + 0.5)
    return (.answered(milliseconds: Double(tenths) / 10), .milliseconds(tenths / 10))
  }
}
