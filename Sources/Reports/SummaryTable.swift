import Outages

/// The figures of each row, right-aligned.
struct SummaryTable {
  private let rows: Rows
  private let style: Style

  init(_ rows: Rows, _ style: Style) { (self.rows, self.style) = (rows, style) }

  private static let columns: [(title: String, value: @Sendable (History) -> String)] = [
    ("now", { $0.state == .neverUp ? "never up" : $0.state.rawValue }),
    ("available", { percentage($0.availability) }),
    ("coverage", { percentage($0.coverage) }),
    ("blips", { $0.blips.grouped }),
    ("outages", { $0.outages.count.grouped }),
    ("longest", { $0.outages.max()?.brief ?? "–" }),
    ("MTTR", { $0.meanTimeToRepair?.brief ?? "–" }),
    ("MTBF", { $0.meanTimeBetweenOutages?.brief ?? "–" }),
  ]

  var text: String {
    let values = rows.rows.map { row in SummaryTable.columns.map { $0.value(row.history) } }
    let widths = SummaryTable.columns.indices.map { column in
      max(SummaryTable.columns[column].title.count, values.map { $0[column].count }.max() ?? 0)
    }
    // The last columns give way first: a figure without its name is worth nothing.
    var shown = widths.count
    func width(_ count: Int) -> Int { widths.prefix(count).reduce(0) { $0 + $1 + 2 } }
    let least = min(rows.labelWidth, 16)
    while shown > 1, width(shown) + least > style.width { shown -= 1 }
    let labelWidth = max(least, min(rows.labelWidth, style.width - width(shown)))
    func line(_ label: String, _ cells: [String]) -> String {
      label.fitted(labelWidth)
        + zip(cells, widths).prefix(shown).map { "  " + $0.rightAligned($1) }.joined()
    }
    var lines = [style.paint(line("", SummaryTable.columns.map(\.title)), .grey)]
    for (row, cells) in zip(rows.rows, values) { lines.append(line(row.label, cells)) }
    return lines.joined(separator: "\n") + "\n" + rows.note
  }

  /// In percent with three digits, cut and not rounded: what is not whole is never called 100 %.
  private static func percentage(_ fraction: Double?) -> String {
    guard let fraction else { return "–" }
    let thousandths = Int(fraction * 100_000 + 1e-6)
    let digits = String(1000 + thousandths % 1000).dropFirst()
    return "\(thousandths / 1000).\(digits) %"
  }
}
