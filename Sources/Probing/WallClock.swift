import CCurl
import Glibc
import Outages

/// The time of day that never goes backwards.
///
/// It counts CLOCK_BOOTTIME, which goes on through suspend, and follows the system's clock: a step
/// forward is taken at once and shows as unobserved time; a step back is slewed, a tenth of the
/// time that passes, because a log whose times go backwards could not be told from a broken one.
struct WallClock {
  private var boot: Int64
  private(set) var microseconds: Int64

  init() {
    boot = WallClock.read(CLOCK_BOOTTIME)
    microseconds = WallClock.read(CLOCK_REALTIME)
  }

  var now: Instant { Instant(milliseconds: microseconds / 1000) }

  /// Looks at the system's clocks again.
  mutating func advance() {
    let boot = WallClock.read(CLOCK_BOOTTIME)
    microseconds = WallClock.next(
      microseconds, passed: boot - self.boot, real: WallClock.read(CLOCK_REALTIME))
    self.boot = boot
  }

  /// The time after `passed` microseconds, when the system's clock says `real`.
  static func next(_ time: Int64, passed: Int64, real: Int64) -> Int64 {
    max(real, time + passed - passed / 10)
  }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
