import Outages

extension Zone {
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
