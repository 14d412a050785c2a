/// How often something happens to a scope in its own time: a Gamma–Poisson rate, learned from its
/// history and slowly forgotten.
///
/// The rate's posterior is Gamma(`count`, `exposure`). Without a history it stands for two a day.
struct UsualRate: Sendable, Equatable, Codable {
  /// The shape: one for the prior, and one for each event.
  private(set) var count = 1.0
  /// The rate parameter: half a day for the prior, and the time watched.
  private(set) var exposure = UsualRate.prior
  /// Until when time was counted.
  private var learned: Instant?
  private static let prior = Duration.hours(12).seconds
  /// What lies further back than this counts half and less.
  private static let memory = Duration.days(30).seconds

  /// Counts the time until `time` as watched; `first` is when watching began.
  mutating func watch(from first: Instant? = nil, until time: Instant) {
    if learned == nil { learned = first }
    if let learned, time > learned { exposure += (time - learned).seconds }
    learned = max(learned ?? time, time)
    while exposure > UsualRate.memory + UsualRate.prior {
      // The prior stays: it is what we know of all targets, not of this one.
      count = 1 + (count - 1) / 2
      exposure = UsualRate.prior + (exposure - UsualRate.prior) / 2
    }
  }

  /// Leaves out time that nobody watched.
  mutating func skip(_ hole: Duration) { learned = learned.map { $0 + hole } }

  /// Counts events, or takes back some that proved not to be usual.
  mutating func learn(_ events: Int) { count = max(1, count + Double(events)) }

  /// The mean rate, events a second.
  var perSecond: Double { perSecond(without: 0) }

  /// The same without some that are not to be held against themselves.
  func perSecond(without events: Int) -> Double { max(1, count - Double(events)) / exposure }

  /// How many sets of `further` events one should expect to follow an event within a window, by
  /// chance: the factorial moment E[C(N, m)] of the Gamma–Poisson count N, which bounds the chance
  /// of `further` or more from above. `without` events are left out of what is usual.
  func expected(further: Int, within window: Duration, without: Int = 0) -> Double {
    let count = max(1, count - Double(without))
    var moment = 1.0
    for j in 0..<further {
      moment *= (count + Double(j)) * window.seconds / exposure / Double(j + 1)
    }
    return moment
  }
}
