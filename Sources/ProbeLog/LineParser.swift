import Glibc
import Outages

/// What a line of a log says.
enum Line {
  case observation(
    time: Instant, target: UnsafeRawBufferPointer, isEscaped: Bool, Outcome, after: Lapse?)
  /// It opens a recording session.
  case header
  case empty
  /// It cannot be read; why.
  case problem(String)
}

/// Reads one line of NDJSON. Any order of keys, any white space, any further keys; but nothing is
/// copied and nothing allocated, because a year of probes has a hundred million lines.
struct LineParser {
  private let base: UnsafePointer<UInt8>
  private let count: Int
  private var at = 0

  static func parse(_ line: UnsafeRawBufferPointer) -> Line {
    guard let start = line.baseAddress else { return .empty }
    var parser = LineParser(
      base: start.assumingMemoryBound(to: UInt8.self), count: line.count)
    return parser.line()
  }

  private init(base: UnsafePointer<UInt8>, count: Int) { (self.base, self.count) = (base, count) }

  private mutating func line() -> Line {
    skipSpace()
    if at == count { return .empty }
    guard take("{") else { return .problem("this is no observation: it does not begin with '{'") }
    var time: Instant?
    var target: Text?
    var isAnswered: Bool?
    var milliseconds: Double?
    var failure = Failure.other
    var trouble: Trouble?
    var after: Lapse?
    var isHeader = false
    var isFirst = true
    while true {
      skipSpace()
      if take("}") { break }
      if !isFirst {
        guard take(",") else { return cutOff("a ','") }
        skipSpace()
      }
      isFirst = false
      guard let key = text() else { return cutOff("a key in quotes") }
      skipSpace()
      guard take(":") else { return cutOff("a ':'") }
      skipSpace()
      switch Key(key) {
      case .log:
        // Other programs have a key of this name too.
        if let value = text() {
          isHeader = isHeader || value.bytes.starts(with: "outage/".utf8)
        } else if !skipValue() {
          return cutOff("a value")
        }
      case .time:
        guard let value = text() else { return cutOff("a time in quotes") }
        time = Instant(rfc3339: value.bytes)
        if time == nil { return .problem("'time' is not RFC 3339, like 2014-12-22T16:14:30.120Z") }
      case .target:
        target = text()
        if target == nil { return cutOff("a name in quotes") }
      case .ok:
        isAnswered = truth()
        if isAnswered == nil { return .problem("'ok' is neither true nor false") }
      case .milliseconds:
        milliseconds = number()
        if milliseconds == nil, !skipValue() { return cutOff("a number") }
      case .error:
        if let word = text() {
          failure = Failure(word: word.bytes)
        } else if !skipValue() {
          return cutOff("a value")
        }
      case .local:
        if let word = text() {
          trouble = Trouble(rawValue: String(decoding: word.bytes, as: UTF8.self))
        } else if !skipValue() {
          return cutOff("a value")
        }
      case .after:
        if let word = text() {
          after = Lapse(rawValue: String(decoding: word.bytes, as: UTF8.self))
        } else if !skipValue() {
          return cutOff("a value")
        }
      case .unknown:
        guard skipValue() else { return cutOff("a value") }
      }
    }
    skipSpace()
    if at < count { return .problem("there is more after the closing '}'") }
    if isHeader, time == nil { return .header }
    guard let time else { return .problem("there is no 'time'") }
    guard let target, target.bytes.count > 0 else { return .problem("there is no 'target'") }
    guard let isAnswered else { return .problem("there is no 'ok'") }
    let outcome =
      isAnswered
      ? Outcome.answered(milliseconds: milliseconds)
      : trouble.map { .prevented($0) } ?? .failed(failure)
    return .observation(
      time: time, target: target.bytes, isEscaped: target.isEscaped, outcome, after: after)
  }

  private func cutOff(_ wanted: String) -> Line {
    .problem(at >= count ? "the line is cut off" : "\(wanted) is missing at column \(at + 1)")
  }

  /// A string's bytes between its quotes.
  private struct Text {
    var bytes: UnsafeRawBufferPointer

    var isEscaped: Bool { bytes.contains(UInt8(ascii: "\\")) }
  }

  private enum Key {
    case log, time, target, ok, milliseconds, error, local, after, unknown

    init(_ text: Text) {
      let key = text.bytes
      switch key.count {
      case 2 where key.equals("ok"): self = .ok
      case 2 where key.equals("ms"): self = .milliseconds
      case 3 where key.equals("log"): self = .log
      case 4 where key.equals("time"): self = .time
      case 5 where key.equals("error"): self = .error
      case 5 where key.equals("local"): self = .local
      case 5 where key.equals("after"): self = .after
      case 6 where key.equals("target"): self = .target
      default: self = .unknown
      }
    }
  }

  private mutating func skipSpace() {
    while at < count, base[at] == 0x20 || base[at] == 0x09 || base[at] == 0x0d { at += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard at < count, base[at] == UInt8(truncatingIfNeeded: character.value) else { return false }
    at += 1
    return true
  }

  private mutating func take(word: StaticString) -> Bool {
    guard at + word.utf8CodeUnitCount <= count,
      UnsafeRawBufferPointer(start: base + at, count: word.utf8CodeUnitCount).equals(word)
    else { return false }
    at += word.utf8CodeUnitCount
    return true
  }

  private mutating func text() -> Text? {
    guard at < count, base[at] == UInt8(ascii: "\"") else { return nil }
    let start = at + 1
    var end = start
    while true {
      guard let quote = memchr(base + end, 0x22, count - end) else {
        at = count
        return nil
      }
      end = UnsafeRawPointer(quote) - UnsafeRawPointer(base)
      at = end + 1
      if base[end - 1] != UInt8(ascii: "\\") { break }
      // A backslash that is itself escaped does not escape the quote.
      var first = end - 1
      while first > start, base[first - 1] == UInt8(ascii: "\\") { first -= 1 }
      if (end - first) % 2 == 0 { break }
      end += 1
    }
    let bytes = UnsafeRawBufferPointer(start: base + start, count: end - start)
    return Text(bytes: bytes)
  }

  private mutating func truth() -> Bool? {
    if take(word: "true") || take("1") { return true }
    if take(word: "false") || take("0") { return false }
    return nil
  }

  private mutating func number() -> Double? {
    var value: Int64 = 0
    var scale = 1.0
    let start = at
    while at < count, base[at] &- 48 <= 9, at - start < 17 {
      value = value * 10 + Int64(base[at] &- 48)
      at += 1
    }
    if at == start { return nil }
    if take(".") {
      while at < count, base[at] &- 48 <= 9 {
        // More digits than a latency has are read over.
        if at - start < 17 {
          value = value * 10 + Int64(base[at] &- 48)
          scale *= 10
        }
        at += 1
      }
    }
    // A number longer than any latency, or with an exponent, is left to be skipped.
    if at < count, base[at] | 0x20 == UInt8(ascii: "e") || base[at] &- 48 <= 9 {
      at = start
      return nil
    }
    return Double(value) / scale
  }

  /// Skips a value of any kind; false when the line ends before the value does.
  private mutating func skipValue() -> Bool {
    var depth = 0
    while at < count {
      switch base[at] {
      case UInt8(ascii: "\""):
        if text() == nil { return false }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        at += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return true }
        depth -= 1
        at += 1
      case UInt8(ascii: ","):
        if depth == 0 { return true }
        at += 1
      case 0:
        return false
      default:
        at += 1
      }
    }
    return false
  }
}

extension Failure {
  /// The failure that a word of the log names; words we do not know are `other`.
  init(word: UnsafeRawBufferPointer) {
    self = Failure(rawValue: String(decoding: word, as: UTF8.self)) ?? .other
  }
}

extension UnsafeRawBufferPointer {
  /// Whether these are the bytes of a text.
  @inline(__always)
  func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    for i in 0..<count where self[i] != text.utf8Start[i] { return false }
    return true
  }
}
