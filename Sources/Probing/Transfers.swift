import CCurl
import Glibc
import Outages
import Plans

/// Where a URL leads to: a host and a port, as libcurl sees them.
struct Endpoint: Sendable {
  var host: String
  var port: Int

  /// Nil when libcurl cannot read the URL.
  init?(of url: String) {
    guard let parts = curl_url() else { return nil }
    defer { curl_url_cleanup(parts) }
    let scheme = ProbeURL.scheme(of: url)
    let isOurs = ["tcp", "tls", "icmp", "dns", "dns+tcp"].contains(scheme)
    let plain = isOurs ? "http" + url.dropFirst(scheme.count) : url
    // The schemes of proxies are none of URLs.
    let flags = UInt32(CURLU_NON_SUPPORT_SCHEME)
    guard curl_url_set(parts, CURLUPART_URL, plain, flags) == CURLUE_OK,
      let host = Endpoint.part(CURLUPART_HOST, of: parts, UInt32(CURLU_PUNYCODE)),
      let port = Endpoint.part(CURLUPART_PORT, of: parts, UInt32(CURLU_DEFAULT_PORT))
    else { return nil }
    (self.host, self.port) = (host, Int(port) ?? 0)
  }

  private static func part(_ part: CURLUPart, of url: OpaquePointer, _ flags: UInt32) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard curl_url_get(url, part, &text, flags) == CURLUE_OK, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }
}

/// The probes that libcurl makes, through its multi interface.
final class Transfers {
  private let poller: Poller
  private let multi: UnsafeMutableRawPointer
  private let limits: Limits
  private let trace: ((String) -> Void)?
  /// Those in use, each at the place that it knows, and those at rest.
  @exclusivity(unchecked) private var busy: [EasyHandle] = []
  @exclusivity(unchecked) private var idle: [EasyHandle] = []
  /// When libcurl wants to be called though no socket moved, in microseconds of CLOCK_MONOTONIC.
  @exclusivity(unchecked) private(set) var timer: Int64?
  @exclusivity(unchecked) private var now: Int64 = 0

  init?(_ poller: Poller, _ limits: Limits, trace: ((String) -> Void)?) {
    guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK, let multi = curl_multi_init()
    else { return nil }
    (self.poller, self.multi, self.limits, self.trace) = (poller, multi, limits, trace)
    // Unretained is sound: deinit ends the multi handle, and with it all callbacks.
    let context = Unmanaged.passUnretained(self).toOpaque()
    outage_multi_set_socket(multi, Transfers.socketChanged, context)
    outage_multi_set_timer(multi, Transfers.timerChanged, context)
  }

  deinit {
    for easy in busy { curl_multi_remove_handle(multi, easy.pointer) }
    busy.removeAll()
    idle.removeAll()
    curl_multi_cleanup(multi)
  }

  /// Begins a probe; false when there is no memory for it. `addresses` are those of the URL's host,
  /// where it has been resolved; `timeout` is what is left of the probe's.
  func begin(
    _ ticket: Int, _ station: Station, _ addresses: [SocketAddress]?, timeout: Duration,
    at now: Int64
  ) -> Bool {
    self.now = now
    guard let easy = idle.popLast() ?? EasyHandle(limits, trace: trace) else { return false }
    easy.prepare(station, addresses, timeout: timeout)
    easy.ticket = ticket
    guard curl_multi_add_handle(multi, easy.pointer) == CURLM_OK else { return false }
    easy.place = busy.count
    busy.append(easy)
    return true
  }

  func act(on event: Poller.Event, at now: Int64) {
    var mask: Int32 = 0
    if event.canRead { mask |= CURL_CSELECT_IN }
    if event.canWrite { mask |= CURL_CSELECT_OUT }
    // Errors go as readiness too: libcurl then reads them from the socket and tells which they are.
    if event.hasFailed { mask |= CURL_CSELECT_ERR }
    act(on: event.descriptor, mask, at: now)
  }

  /// Calls libcurl if its time has come.
  func tick(at now: Int64) {
    guard let timer, timer <= now else { return }
    self.timer = nil
    act(on: CURL_SOCKET_TIMEOUT, 0, at: now)
  }

  private func act(on socket: curl_socket_t, _ mask: Int32, at now: Int64) {
    self.now = now
    var running: Int32 = 0
    curl_multi_socket_action(multi, socket, mask, &running)
  }

  /// Hands each probe that has ended to `finding`, which asks it what became of it.
  func takeEnded(_ finding: (EasyHandle, CURLcode) -> Void) {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let pointer = message.pointee.easy_handle,
        let easy = EasyHandle.of(pointer)
      else { continue }
      finding(easy, outage_message_result(message))
      curl_multi_remove_handle(multi, pointer)
      busy.swapAt(easy.place, busy.count - 1)
      busy[easy.place].place = easy.place
      busy.removeLast()
      if easy.isClean, idle.count < Transfers.mostIdle { idle.append(easy) }
    }
  }

  /// More handles than this at rest are left over from some crowd.
  private static let mostIdle = 256

  /// libcurl asks to watch a socket, to watch it otherwise, or to leave it.
  private static let socketChanged: curl_socket_callback = { _, socket, what, context, known in
    guard let context else { return 0 }
    let transfers = Unmanaged<Transfers>.fromOpaque(context).takeUnretainedValue()
    if what == CURL_POLL_REMOVE {
      transfers.poller.leave(socket)
      return 0
    }
    // libcurl hands back what was assigned to the socket: nil says that it is a new one.
    transfers.poller.watch(
      socket, for: .transfers, read: what & CURL_POLL_IN != 0, write: what & CURL_POLL_OUT != 0,
      isNew: known == nil)
    if known == nil { curl_multi_assign(transfers.multi, socket, context) }
    return 0
  }

  /// libcurl asks to be called after so many milliseconds, or not any more (−1).
  private static let timerChanged: curl_multi_timer_callback = { _, milliseconds, context in
    guard let context else { return 0 }
    let transfers = Unmanaged<Transfers>.fromOpaque(context).takeUnretainedValue()
    transfers.timer = milliseconds < 0 ? nil : transfers.now + Int64(milliseconds) * 1000
    return 0
  }
}
