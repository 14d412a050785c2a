import Outages
import Plans

/// What is drawn over the weather, and absences one after the other.
extension Forecast {
  /// What is drawn is true as it is drawn, row by row.
  mutating func draw(_ drawing: Drawing) {
    for row in drawing.rows {
      guard let target = session.index(of: row.name) else { continue }
      let whom = Weather.Whom(scope: .target(row.name), members: [target])
      for run in row.failures {
        let (from, until) = (
          span.lowerBound + everies[target] * Double(run.lowerBound),
          span.lowerBound + everies[target] * Double(run.upperBound)
        )
        let isOutage = until - from >= session.detection.sustained
        note(isOutage ? .outage : .blip, Forecast.drawn, whom, from..<until)
      }
    }
  }

  /// What happens by the weather to a target while something else is drawn of it does not happen.
  mutating func overrule(by drawing: Drawing) {
    for row in drawing.rows {
      guard let target = session.index(of: row.name) else { continue }
      let drawn = row.cells.indices.filter { row.cells[$0] != Drawing.weather }.map {
        let from = span.lowerBound + everies[target] * Double($0)
        return from..<from + everies[target]
      }
      let covered = Spans(drawn)
      happenings.removeAll {
        $0.event.scope == .target(row.name) && $0.event.family != Forecast.drawn
          && covered.total(in: $0.event.span) > .zero
      }
    }
  }

  static let drawn = "drawn"

  /// In order, each from the end of the one before it at the earliest.
  func apart(_ absences: [Absence]) -> [Absence] {
    var apart: [Absence] = []
    for absence in absences.sorted(by: { $0.span.lowerBound < $1.span.lowerBound }) {
      let from = max(
        absence.span.lowerBound, apart.last?.span.upperBound ?? absence.span.lowerBound)
      guard from < absence.span.upperBound else { continue }
      apart.append(Absence(span: from..<absence.span.upperBound, kind: absence.kind))
    }
    return apart
  }
}
