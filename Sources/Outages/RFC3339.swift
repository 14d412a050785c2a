/// Instants as RFC 3339 text, read and written without a calendar library: the log reader does this
/// for every line, and the core imports nothing.
extension Instant {
  /// Reads `2014-12-22T16:14:30.120Z`, with any number of fractional digits (those beyond
  /// milliseconds are cut off) and any offset (`Z`, `+09:00`). Nil when it is not RFC 3339.
  public init?(rfc3339 text: String) {
    var text = text
    let parsed = text.withUTF8 { Instant(rfc3339: UnsafeRawBufferPointer($0)) }
    guard let parsed else { return nil }
    self = parsed
  }

  /// Reads the same from bytes.
  public init?(rfc3339 bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 20 else { return nil }
    // All digits are read before any is doubted: a branch for each would cost more than the rest.
    var isNumeric = true
    func digit(_ at: Int) -> Int64 {
      let value = bytes[at] &- 48
      isNumeric = isNumeric && value <= 9
      return Int64(value)
    }
    func two(_ at: Int) -> Int64 { digit(at) * 10 + digit(at + 1) }
    let (year, month, day) = (two(0) * 100 + two(2), two(5), two(8))
    let (hour, minute, second) = (two(11), two(14), two(17))
    guard bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      bytes[10] | 0x20 == UInt8(ascii: "t") || bytes[10] == UInt8(ascii: " "),
      bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
      isNumeric, hour < 24, minute < 60, second <= 60,
      let days = CivilDate(year: year, month: month, day: day).daysSinceEpoch
    else { return nil }

    var at = 19
    var fraction: Int64 = 0
    if bytes[at] == UInt8(ascii: ".") {
      at += 1
      var scale: Int64 = 100
      let first = at
      while at < bytes.count, bytes[at] &- 48 <= 9 {
        fraction += Int64(bytes[at] &- 48) * scale
        scale /= 10
        at += 1
      }
      if at == first { return nil }
    }

    guard at < bytes.count else { return nil }
    var offset: Int64 = 0
    switch bytes[at] {
    case UInt8(ascii: "Z"), UInt8(ascii: "z"):
      at += 1
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      guard bytes.count == at + 6, bytes[at + 3] == UInt8(ascii: ":") else { return nil }
      let (hours, minutes) = (two(at + 1), two(at + 4))
      guard isNumeric, hours < 24, minutes < 60 else { return nil }
      offset = (hours * 60 + minutes) * (bytes[at] == UInt8(ascii: "-") ? -60 : 60)
      at += 6
    default: return nil
    }
    guard at == bytes.count else { return nil }
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
    milliseconds = seconds * 1000 + fraction
  }

  /// The date and time of day on a clock that is `offset` ahead of UTC.
  public func civil(offset: Duration = .zero) -> (date: CivilDate, timeOfDay: Duration) {
    let local = milliseconds + offset.milliseconds
    let day = local >= 0 ? local / 86_400_000 : (local - 86_399_999) / 86_400_000
    return (CivilDate(daysSinceEpoch: day), Duration(milliseconds: local - day * 86_400_000))
  }
}

extension Instant: CustomStringConvertible {
  /// RFC 3339 in UTC with milliseconds, always 24 characters: `2014-12-22T16:14:30.120Z`.
  public var description: String {
    String(unsafeUninitializedCapacity: 24) { write(to: $0.baseAddress) }
  }

  /// Writes `description` into 24 bytes and returns how many it wrote.
  @discardableResult
  public func write(to bytes: UnsafeMutablePointer<UInt8>?) -> Int {
    guard let bytes else { return 0 }
    let (date, time) = civil()
    func put(_ value: Int64, _ width: Int, at: Int) {
      var rest = value
      for i in stride(from: at + width - 1, through: at, by: -1) {
        bytes[i] = 48 + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      }
    }
    let seconds = time.milliseconds / 1000
    put(min(max(date.year, 0), 9999), 4, at: 0)
    put(date.month, 2, at: 5)
    put(date.day, 2, at: 8)
    put(seconds / 3600, 2, at: 11)
    put(seconds / 60 % 60, 2, at: 14)
    put(seconds % 60, 2, at: 17)
    put(time.milliseconds % 1000, 3, at: 20)
    bytes[4] = UInt8(ascii: "-")
    bytes[7] = UInt8(ascii: "-")
    bytes[10] = UInt8(ascii: "T")
    bytes[13] = UInt8(ascii: ":")
    bytes[16] = UInt8(ascii: ":")
    bytes[19] = UInt8(ascii: ".")
    bytes[23] = UInt8(ascii: "Z")
    return 24
  }
}

/// A day of the proleptic Gregorian calendar.
public struct CivilDate: Hashable, Sendable {
  public var year: Int64
  /// 1 to 12.
  public var month: Int64
  /// 1 to 31.
  public var day: Int64

  public init(year: Int64, month: Int64, day: Int64) {
    (self.year, self.month, self.day) = (year, month, day)
  }

  /// The date so many days after 1970-01-01. Howard Hinnant, "chrono-compatible low-level date
  /// algorithms", `civil_from_days`: the year begins in March, so the leap day is its last.
  public init(daysSinceEpoch: Int64) {
    let z = daysSinceEpoch + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shifted + 2) / 5 + 1
    month = shifted < 10 ? shifted + 3 : shifted - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days after 1970-01-01, or nil when there is no such date. Hinnant's `days_from_civil`.
  public var daysSinceEpoch: Int64? {
    guard (1...12).contains(month), day >= 1, day <= daysInMonth else { return nil }
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private var daysInMonth: Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
