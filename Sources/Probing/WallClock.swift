import CAres
import CLinux
import Glibc
import Outages

/// The time of day that never goes backwards.
///
/// It counts CLOCK_BOOTTIME, which goes on through suspend, and follows the system's clock: a step
/// forward is taken at once and shows as unobserved time; a step back is slewed, a tenth of the
/// time that passes, because a log whose times go backwards could not be told from a broken one.
struct WallClock {
  private var boot: Int64
  /// Microseconds of CLOCK_MONOTONIC.
  private(set) var monotonic: Int64
  private(set) var microseconds: Int64
  /// When the host slept or the clock leapt last, after that.
  private(set) var lapsed: Instant?
  private var lapse: Lapse?

  init() {
    boot = WallClock.read(CLOCK_BOOTTIME)
    monotonic = WallClock.read(CLOCK_MONOTONIC)
    microseconds = WallClock.read(CLOCK_REALTIME)
  }

  var now: Instant { Instant(milliseconds: microseconds / 1000) }

  /// Looks at the system's clocks again, after so many microseconds that were waited for. Far more than
  /// that is time that was taken from us: whoever answered meanwhile was not heard.
  mutating func advance(expecting waited: Int64 = 0) {
    let boot = WallClock.read(CLOCK_BOOTTIME)
    let monotonic = WallClock.read(CLOCK_MONOTONIC)
    let (passed, awake) = (boot - self.boot, monotonic - self.monotonic)
    let before = microseconds
    microseconds = WallClock.next(before, passed: passed, real: WallClock.read(CLOCK_REALTIME))
    (self.boot, self.monotonic) = (boot, monotonic)
    if let lapse = WallClock.lapse(
      leap: microseconds - before, passed: passed, awake: awake, waited: waited)
    {
      (self.lapse, lapsed) = (lapse, now)
    }
  }

  /// What happened when the time leapt by `leap` while `passed` microseconds went by, `awake` of
  /// them with the host awake and `waited` by our own wish.
  static func lapse(leap: Int64, passed: Int64, awake: Int64, waited: Int64) -> Lapse? {
    if passed - awake >= noticeable { return .suspended }
    if awake - waited >= noticeable { return .overload }
    return leap - passed >= noticeable ? .clockStepped : nil
  }

  /// A second: less is what NTP mends.
  private static let noticeable: Int64 = 1_000_000

  /// What happened since this was last asked.
  mutating func takeLapse() -> Lapse? { lapse.take() }

  /// The time after `passed` microseconds, when the system's clock says `real`.
  static func next(_ time: Int64, passed: Int64, real: Int64) -> Int64 {
    max(real, time + passed - passed / 10)
  }

  /// Nanoseconds of CLOCK_REALTIME, as the kernel stamps packets with.
  static var realNanoseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
