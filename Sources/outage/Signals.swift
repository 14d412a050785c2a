import CLinux
import Glibc

/// SIGINT and SIGTERM as a descriptor that can be waited for.
final class Signals {
  let descriptor: Int32
  /// How many came so far.
  private var count = 0

  /// Must be made before any thread is, so that all of them leave these signals to us.
  init() throws {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &set, nil)
    // A pipe nobody reads and a file that may not grow are told by errors; they don't end us.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    descriptor = signalfd(-1, &set, Int32(SFD_CLOEXEC | SFD_NONBLOCK))
    if descriptor < 0 {
      throw Failure(.unavailable, "no signalfd: \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(descriptor) }

  /// How often we were asked to stop.
  var requests: Int {
    var info = signalfd_siginfo()
    while read(descriptor, &info, MemoryLayout<signalfd_siginfo>.size) > 0 { count += 1 }
    return count
  }
}
