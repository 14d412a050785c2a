import CAres
import CLinux
import Glibc
import Plans

/// One channel of c-ares, which asks one question at a time.
final class DNSChannel {
  let pointer: ares_channel
  let isOverTCP: Bool
  fileprivate(set) weak var prober: DNSProber?
  /// The question that is being asked.
  var ticket = 0
  var server: SocketAddress?
  var expectation = AnswerExpectation()
  var begun: Int64 = 0
  var source: SourceAddress?
  var isBusy = false
  /// The system's error, which c-ares keeps to itself.
  var systemError: Int32 = 0

  /// Nil when there is no memory for it.
  init?(isOverTCP: Bool, _ prober: DNSProber) {
    guard ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS else { return nil }
    let route = Route()
    var options = ares_options()
    options.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES
    if isOverTCP { options.flags |= ARES_FLAG_USEVC }
    // We give up by ourselves; c-ares is to ask once, and to wait for longer than any probe.
    options.timeout = 60_000
    options.tries = 1
    // Unretained is sound: the route lives as long as the channel, which goes with us.
    let context = Unmanaged.passUnretained(route).toOpaque()
    options.sock_state_cb = { context, socket, read, write in
      guard let channel = Route.channel(context) else { return }
      channel.prober?.watch(socket, of: channel, read: read != 0, write: write != 0)
    }
    options.sock_state_cb_data = context
    let mask =
      ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB
    var made: ares_channel?
    guard ares_init_options(&made, &options, mask) == ARES_SUCCESS, let pointer = made else {
      return nil
    }
    (self.pointer, self.isOverTCP, self.prober, self.route) = (pointer, isOverTCP, prober, route)
    ares_set_socket_functions(pointer, DNSChannel.functions, context)
    route.channel = self
  }

  deinit {
    route.channel = nil
    ares_destroy(pointer)
  }

  /// The way from c-ares' callbacks to the channel, which ends before the channel does.
  private let route: Route

  private final class Route {
    weak var channel: DNSChannel?

    static func channel(_ context: UnsafeMutableRawPointer?) -> DNSChannel? {
      context.flatMap { Unmanaged<Route>.fromOpaque($0).takeUnretainedValue().channel }
    }
  }

  /// The system's calls as c-ares makes them, and what they say when they fail. Unsafe is sound: the
  /// constant is made once, before anybody has it, and afterwards nobody writes to it nor frees it;
  /// c-ares wants it to stay where it is as long as there are channels.
  nonisolated(unsafe) private static let functions: UnsafePointer<ares_socket_functions> = {
    let functions = UnsafeMutablePointer<ares_socket_functions>.allocate(capacity: 1)
    functions.initialize(
      to: ares_socket_functions(
        asocket: { family, type, number, context in
          let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
          let opened = socket(family, type | flags, number)
          if opened >= 0, let source = Route.channel(context)?.source, !source.bind(opened) {
            let error = errno
            close(opened)
            errno = error
            return keep(context, -1)
          }
          return keep(context, opened)
        },
        aclose: { descriptor, _ in close(descriptor) },
        aconnect: { descriptor, address, length, context in
          keep(context, connect(descriptor, address, length))
        },
        arecvfrom: { descriptor, bytes, size, flags, address, length, context in
          keep(context, recvfrom(descriptor, bytes, size, flags, address, length))
        },
        asendv: { descriptor, parts, count, context in
          keep(context, writev(descriptor, parts, count))
        }))
    return UnsafePointer(functions)
  }()

  /// Keeps the system's error when a call failed for more than that it would have to wait.
  private static func keep<Result: SignedInteger>(
    _ context: UnsafeMutableRawPointer?, _ result: Result
  ) -> Result {
    if result < 0, ![EAGAIN, EWOULDBLOCK, EINPROGRESS, EINTR].contains(errno) {
      Route.channel(context)?.systemError = errno
    }
    return result
  }
}
