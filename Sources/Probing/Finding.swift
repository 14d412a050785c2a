import Outages

/// What became of one probe.
struct Finding {
  /// The probe, by the number it was given when it was begun.
  var ticket: Int
  var outcome: Outcome
  var detail: Detail?

  /// A failure with its sentence.
  init(_ ticket: Int, _ outcome: Outcome, in phase: Detail.Phase? = nil, _ sentence: String) {
    (self.ticket, self.outcome) = (ticket, outcome)
    var detail = Detail()
    (detail.died, detail.sentence) = (phase, sentence)
    self.detail = detail
  }

  init(_ ticket: Int, _ outcome: Outcome, _ detail: Detail? = nil) {
    (self.ticket, self.outcome, self.detail) = (ticket, outcome, detail)
  }
}

/// Where findings are put down until they are collected.
final class Findings {
  @exclusivity(unchecked) private(set) var all: [Finding] = []

  func add(_ finding: Finding) { all.append(finding) }

  /// Takes what there is.
  func take() -> [Finding] {
    defer { all.removeAll(keepingCapacity: true) }
    return all
  }
}
