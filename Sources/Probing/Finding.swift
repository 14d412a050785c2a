import Outages

/// What became of one probe.
struct Finding {
  /// The probe, by the number it was given when it was begun.
  var ticket: Int
  var outcome: Outcome
  var detail = Detail()

  /// A failure with its sentence.
  init(_ ticket: Int, _ outcome: Outcome, in phase: Detail.Phase? = nil, _ sentence: String) {
    (self.ticket, self.outcome) = (ticket, outcome)
    (detail.died, detail.sentence) = (phase, sentence)
  }

  init(_ ticket: Int, _ outcome: Outcome, _ detail: Detail) {
    (self.ticket, self.outcome, self.detail) = (ticket, outcome, detail)
  }
}
