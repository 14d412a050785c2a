import CCurl
import Glibc
public import Outages
public import Plans

/// The real network: probes through libcurl's multi interface, driven by epoll on one thread.
///
/// Nothing blocks: names are resolved by libcurl's own threads, and `wait` sleeps in `epoll_wait`
/// alone. Each probe opens a connection of its own.
public final class CurlNetwork: Network {
  private struct Transfer {
    var easy: EasyHandle
    var target: Int
    var sent: Instant
    var ticket: Int
    var after: Lapse?
  }

  /// Why no network could be set up.
  public struct SetupError: Error, CustomStringConvertible {
    public let description: String
  }

  /// How each target is asked, by its index in the session.
  private let probes: [Int: Probe]
  private let multi: UnsafeMutableRawPointer
  private let epoll: Int32
  private let wakeOn: Int32?
  private var clock = WallClock()
  /// What is in flight, by libcurl's pointers.
  private var transfers: [UnsafeMutableRawPointer: Transfer] = [:]
  private var inFlight = InFlight()
  /// libcurl's sentence about each target's latest failure.
  private var details: [Int: (sent: Instant, text: String)] = [:]
  /// Handles at rest.
  private var idle: [EasyHandle] = []
  /// How many probes could not be sent for want of our own means.
  public private(set) var unsent = 0
  /// When libcurl wants to be called though no socket moved, in milliseconds of CLOCK_MONOTONIC.
  private var timer: Int64?
  private var events = [epoll_event](repeating: epoll_event(), count: 256)

  /// The schemes that URLs may have here. Telnet and files are left out: libcurl waits for them
  /// within a call, and all other probes would wait with it.
  public static let schemes: Set<String> = {
    var schemes: Set<String> = ["tcp", "tls"]
    var next = curl_version_info(CURLVERSION_FIRST)?.pointee.protocols
    while let name = next?.pointee {
      schemes.insert(String(cString: name))
      next = next?.successor()
    }
    return schemes.subtracting(["telnet", "file"])
  }()

  /// `wakeOn` is a descriptor that ends a `wait` when it can be read, as one for signals can.
  public init(probes: [Int: Probe], wakeOn: Int32? = nil) throws(SetupError) {
    guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK, let multi = curl_multi_init()
    else { throw SetupError(description: "libcurl cannot be initialised") }
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    if epoll < 0 {
      curl_multi_cleanup(multi)
      throw SetupError(description: "no epoll: \(String(cString: strerror(errno)))")
    }
    (self.probes, self.multi, self.wakeOn) = (probes, multi, wakeOn)
    CurlNetwork.raiseDescriptorLimit()
    if let wakeOn { control(wakeOn, EPOLL_CTL_ADD, EPOLLIN.rawValue) }
    // Unretained is sound: deinit ends the multi handle, and with it all callbacks.
    let context = Unmanaged.passUnretained(self).toOpaque()
    outage_multi_set_socket(multi, socketChanged, context)
    outage_multi_set_timer(multi, timerChanged, context)
  }

  deinit {
    for easy in transfers.keys { curl_multi_remove_handle(multi, easy) }
    transfers.removeAll()
    idle.removeAll()
    curl_multi_cleanup(multi)
    close(epoll)
  }

  /// A probe needs a descriptor; the usual limit of a thousand is the soft one.
  private static func raiseDescriptorLimit() {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// What libcurl says of an outcome that came latest for its target, for people.
  public func detail(of observation: Observation) -> String? {
    details[observation.target].flatMap { $0.sent == observation.time ? $0.text : nil }
  }

  public var now: Instant { clock.now }
  public var oldestInFlight: Instant? { inFlight.oldest }

  public func takeLapse() -> Lapse? { clock.takeLapse() }

  public func send(to target: Int, after lapse: Lapse?) {
    guard let probe = probes[target] else { return }
    clock.advance()
    guard let easy = idle.popLast() ?? EasyHandle() else {
      unsent += 1
      return
    }
    easy.prepare(probe)
    guard curl_multi_add_handle(multi, easy.pointer) == CURLM_OK else {
      unsent += 1
      return
    }
    transfers[easy.pointer] = Transfer(
      easy: easy, target: target, sent: now, ticket: inFlight.begin(at: now), after: lapse)
  }

  public func wait(until deadline: Instant, _ outcomes: inout [Observation]) {
    clock.advance()
    var isWoken = false
    while outcomes.isEmpty, !isWoken {
      let count = epoll_wait(epoll, &events, Int32(events.count), patience(until: deadline))
      clock.advance()
      isWoken = count < 0
      for event in events.prefix(max(0, Int(count))) {
        if event.data.fd == wakeOn { isWoken = true } else { act(on: event) }
      }
      if let timer, timer <= monotonicMilliseconds() {
        self.timer = nil
        act(on: CURL_SOCKET_TIMEOUT, 0)
      }
      outcomes += takeOutcomes()
      if now >= deadline { break }
    }
  }

  /// How long `epoll_wait` may sleep, in milliseconds, rounded up so that it does not wake early.
  private func patience(until deadline: Instant) -> Int32 {
    let left = (deadline.milliseconds * 1000 - clock.microseconds + 999) / 1000
    let untilTimer = timer.map { $0 - monotonicMilliseconds() } ?? .max
    return Int32(clamping: max(0, min(left, untilTimer)))
  }

  private func act(on event: epoll_event) {
    var mask: Int32 = 0
    if event.events & EPOLLIN.rawValue != 0 { mask |= CURL_CSELECT_IN }
    if event.events & EPOLLOUT.rawValue != 0 { mask |= CURL_CSELECT_OUT }
    // Errors go as readiness too: libcurl then reads them from the socket and tells which they are.
    if event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { mask |= CURL_CSELECT_ERR }
    act(on: event.data.fd, mask)
  }

  private func act(on socket: curl_socket_t, _ mask: Int32) {
    var running: Int32 = 0
    curl_multi_socket_action(multi, socket, mask, &running)
  }

  private func takeOutcomes() -> [Observation] {
    var outcomes: [Observation] = []
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
        let transfer = transfers.removeValue(forKey: easy), let probe = probes[transfer.target]
      else { continue }
      let result = outage_message_result(message)
      // Our own want of descriptors or memory tells nothing of the target: it is not observed. Nor
      // does a failure over a lapse of our own.
      if let (outcome, detail) = transfer.easy.outcome(result, of: probe),
        outcome.isAnswered || clock.lapsed.map({ $0 <= transfer.sent }) ?? true
      {
        outcomes.append(
          Observation(
            time: transfer.sent, target: transfer.target, outcome: outcome, after: transfer.after))
        details[transfer.target] = detail.map { (transfer.sent, $0) }
      } else {
        unsent += 1
      }
      curl_multi_remove_handle(multi, easy)
      inFlight.end(transfer.ticket)
      if transfer.easy.isClean { idle.append(transfer.easy) }
    }
    return outcomes
  }

  fileprivate func control(_ socket: Int32, _ operation: Int32, _ interest: UInt32) {
    var event = epoll_event()
    event.events = interest
    event.data.fd = socket
    epoll_ctl(epoll, operation, socket, &event)
  }

  fileprivate func setTimer(milliseconds: Int) {
    timer = milliseconds < 0 ? nil : monotonicMilliseconds() + Int64(milliseconds)
  }

  private func monotonicMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}

/// libcurl asks to watch a socket, to watch it otherwise, or to leave it.
private let socketChanged: curl_socket_callback = { _, socket, what, context, known in
  guard let context else { return 0 }
  let network = Unmanaged<CurlNetwork>.fromOpaque(context).takeUnretainedValue()
  if what == CURL_POLL_REMOVE {
    network.control(socket, EPOLL_CTL_DEL, 0)
    return 0
  }
  var interest: UInt32 = 0
  if what & CURL_POLL_IN != 0 { interest |= EPOLLIN.rawValue }
  if what & CURL_POLL_OUT != 0 { interest |= EPOLLOUT.rawValue }
  // libcurl hands back what was assigned to the socket: nil says that it is a new one.
  network.control(socket, known == nil ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, interest)
  network.assign(socket, context)
  return 0
}

/// libcurl asks to be called after so many milliseconds, or not any more (−1).
private let timerChanged: curl_multi_timer_callback = { _, milliseconds, context in
  guard let context else { return 0 }
  Unmanaged<CurlNetwork>.fromOpaque(context).takeUnretainedValue()
    .setTimer(milliseconds: milliseconds)
  return 0
}

extension CurlNetwork {
  fileprivate func assign(_ socket: curl_socket_t, _ mark: UnsafeMutableRawPointer) {
    curl_multi_assign(multi, socket, mark)
  }
}
