import Foundation
public import Outages

extension Zone {
  /// A zone of the IANA database, like `Asia/Pyongyang`; nil when this machine knows none of that
  /// name.
  public init?(_ name: String) {
    if name.uppercased() == "UTC" {
      self = .utc
      return
    }
    guard let zone = TimeZone(identifier: name) else { return nil }
    func offset(_ second: Int64) -> Int {
      zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
    }
    // No zone changes twice in a week: look once a week, and find each change by bisection.
    let week: Int64 = 604_800
    var changes = [Change(at: Instant(milliseconds: 0), offset: .seconds(Int64(offset(0))))]
    var last = offset(0)
    for second in stride(from: week, to: Zone.end, by: Int(week)) {
      let now = offset(second)
      if now == last { continue }
      var (before, after) = (second - week, second)
      while after - before > 1 {
        let middle = (before + after) / 2
        if offset(middle) == last { before = middle } else { after = middle }
      }
      changes.append(Change(at: Instant(milliseconds: after * 1000), offset: .seconds(Int64(now))))
      last = now
    }
    self.init(name: name, changes: changes)
  }

  /// The start of 2100; what clocks will do then nobody knows.
  private static let end: Int64 = 4_102_444_800
}
