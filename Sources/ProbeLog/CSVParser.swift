import CSVText
import Outages

/// Reads lines of CSV (RFC 4180, one record a line) whose first line names the columns.
struct CSVParser {
  private var time = -1
  private var target = -1
  private var ok = -1
  private var milliseconds: Int?
  private var error: Int?

  /// The columns that a header line names, in any order; nil when it is no such header.
  init?(header: UnsafeRawBufferPointer) {
    guard let names = CSVRecord.fields(of: header) else { return nil }
    for (column, name) in names.enumerated() {
      switch name.lowercased() {
      case "time", "timestamp": time = column
      case "target": target = column
      case "ok": ok = column
      case "ms", "latency_ms": milliseconds = column
      case "error": error = column
      default: break
      }
    }
    if time < 0 || target < 0 || ok < 0 { return nil }
  }

  /// Whether a first line names columns, though not those of a log or not with commas, or is a record of a
  /// log that names none.
  static func isMeant(by line: UnsafeRawBufferPointer) -> Bool {
    if line.contains(UInt8(ascii: "{")) { return false }
    let names = String(decoding: line, as: UTF8.self).lowercased()
      .split { ",;\t\r\"".contains($0) }.map { $0.drop { $0 == " " } }
    return names.count > 1
      && names.contains {
        ["time", "timestamp", "target", "ok"].contains($0)
          || Instant(rfc3339: $0.uppercased()) != nil
      }
  }

  enum Record {
    case observation(time: Instant, target: String, Outcome)
    case empty
    case problem(String)
  }

  func parse(_ line: UnsafeRawBufferPointer) -> Record {
    if line.isEmpty { return .empty }
    guard let fields = CSVRecord.fields(of: line) else { return .problem("a quote is not closed") }
    func field(_ column: Int?) -> String {
      column.flatMap { fields.indices.contains($0) ? fields[$0] : nil } ?? ""
    }
    guard let time = Instant(rfc3339: field(time)) else {
      return .problem("the time is not RFC 3339, like 2014-12-22T16:14:30Z")
    }
    if field(target).isEmpty { return .problem("there is no target") }
    switch field(ok).lowercased() {
    case "1", "true":
      let latency = Double(field(milliseconds)).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
      return .observation(time: time, target: field(target), .answered(milliseconds: latency))
    case "0", "false":
      let failure = Failure(rawValue: field(error)) ?? .other
      return .observation(time: time, target: field(target), .failed(failure))
    default:
      return .problem("'ok' is neither 1 nor 0, neither true nor false")
    }
  }
}
