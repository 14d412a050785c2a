/// A point in time: whole milliseconds since 1970-01-01T00:00:00Z, without leap seconds, as POSIX
/// counts them. Integers, so that a run is the same on every machine.
public struct Instant: Hashable, Sendable, Codable {
  public var milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// The instant half way between two others, rounded towards the earlier one.
  public static func midpoint(_ earlier: Instant, _ later: Instant) -> Instant {
    earlier + (later - earlier) / 2
  }
}

extension Instant: Comparable {
  public static func < (a: Instant, b: Instant) -> Bool { a.milliseconds < b.milliseconds }

  public static func - (a: Instant, b: Instant) -> Duration {
    Duration(milliseconds: a.milliseconds - b.milliseconds)
  }

  public static func + (a: Instant, b: Duration) -> Instant {
    Instant(milliseconds: a.milliseconds + b.milliseconds)
  }

  public static func - (a: Instant, b: Duration) -> Instant {
    Instant(milliseconds: a.milliseconds - b.milliseconds)
  }
}

/// A length of time: whole milliseconds.
public struct Duration: Hashable, Sendable, Codable {
  public var milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static let zero = Duration(milliseconds: 0)
  public static func milliseconds(_ n: Int64) -> Duration { Duration(milliseconds: n) }
  public static func seconds(_ n: Int64) -> Duration { Duration(milliseconds: n * 1000) }
  public static func minutes(_ n: Int64) -> Duration { .seconds(n * 60) }
  public static func hours(_ n: Int64) -> Duration { .minutes(n * 60) }
  public static func days(_ n: Int64) -> Duration { .hours(n * 24) }

  /// The length in seconds, for arithmetic on rates and for printing.
  public var seconds: Double { Double(milliseconds) / 1000 }
}

extension Duration: Comparable {
  public static func < (a: Duration, b: Duration) -> Bool { a.milliseconds < b.milliseconds }

  public static func + (a: Duration, b: Duration) -> Duration {
    Duration(milliseconds: a.milliseconds + b.milliseconds)
  }

  public static func - (a: Duration, b: Duration) -> Duration {
    Duration(milliseconds: a.milliseconds - b.milliseconds)
  }

  public static func / (a: Duration, b: Int64) -> Duration {
    Duration(milliseconds: a.milliseconds / b)
  }

  public static func * (a: Duration, b: Double) -> Duration {
    Duration(milliseconds: Int64(Double(a.milliseconds) * b))
  }

  public static func += (a: inout Duration, b: Duration) { a = a + b }
}
