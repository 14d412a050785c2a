import Foundation
public import Outages

/// A time zone in which reports show instants.
public struct Zone: Sendable {
  /// What reports call it.
  public let name: String
  private let zone: TimeZone

  public static let utc = Zone(name: "UTC", zone: .gmt)

  private init(name: String, zone: TimeZone) { (self.name, self.zone) = (name, zone) }

  /// A zone of the IANA database, like `Asia/Pyongyang`; nil when it knows none of that name.
  public init?(_ name: String) {
    if name.uppercased() == "UTC" {
      self = .utc
      return
    }
    guard let zone = TimeZone(identifier: name) else { return nil }
    self.init(name: name, zone: zone)
  }

  /// How far its clocks are ahead of UTC at an instant.
  public func offset(at instant: Instant) -> Duration {
    let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000)
    return .seconds(Int64(zone.secondsFromGMT(for: date)))
  }

  /// The instant at which its clocks show what `wall` is in UTC.
  public func instant(wall: Instant) -> Instant {
    wall - offset(at: wall - offset(at: wall))
  }

  /// `22 Dec 2014`, without the year on demand.
  func date(_ instant: Instant, year: Bool) -> String {
    let date = instant.civil(offset: offset(at: instant)).date
    return "\(date.day) \(Zone.months[Int(date.month) - 1])" + (year ? " \(date.year)" : "")
  }

  /// `16:15`, or `16:15:30`.
  func time(_ instant: Instant, seconds: Bool) -> String {
    let time = instant.civil(offset: offset(at: instant)).timeOfDay.milliseconds / 1000
    func two(_ n: Int64) -> String { n < 10 ? "0\(n)" : "\(n)" }
    let minutes = "\(two(time / 3600)):\(two(time / 60 % 60))"
    return seconds ? "\(minutes):\(two(time % 60))" : minutes
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
