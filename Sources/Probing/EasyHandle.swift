import CCurl
import Glibc
import Outages
import Plans

/// One of libcurl's easy handles with its buffer for error messages, used for one probe after
/// another.
final class EasyHandle {
  let pointer: UnsafeMutableRawPointer
  private let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  /// Why the system gave us no socket, or 0: libcurl tells that from a refusal by nothing.
  private var socketError: Int32 = 0
  /// A longer answer is cut off: it is proof enough, and nobody can keep us reading for ever.
  private static let longestAnswer: curl_off_t = 64 * 1024

  init?() {
    guard let pointer = curl_easy_init() else { return nil }
    self.pointer = pointer
  }

  deinit {
    curl_easy_cleanup(pointer)
    message.deallocate()
  }

  /// Makes ready for a probe.
  func prepare(_ probe: Probe) {
    curl_easy_reset(pointer)
    message[0] = 0
    socketError = 0
    outage_easy_set_pointer(pointer, CURLOPT_ERRORBUFFER, message)
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_TIMEOUT_MS, Int(probe.timeout.milliseconds))
    // A connection that was kept alive proves little.
    set(CURLOPT_FRESH_CONNECT, 1)
    set(CURLOPT_FORBID_REUSE, 1)
    set(CURLOPT_SSL_SESSIONID_CACHE, 0)
    // With a cache every probe would walk all of it, and a dead resolver would go unnoticed.
    set(CURLOPT_DNS_CACHE_TIMEOUT, 0)
    // On a timeout, don't wait for the resolver thread.
    set(CURLOPT_QUICK_EXIT, 1)
    // What the plan says is asked, not what the environment says.
    outage_easy_set_text(pointer, CURLOPT_PROXY, "")
    outage_easy_set_text(pointer, CURLOPT_USERAGENT, "outage")
    outage_easy_set_write(pointer, discard)
    outage_easy_set_pointer(pointer, CURLOPT_WRITEDATA, pointer)
    // Unretained is sound: the handle is ours, and calls back only while it is in use.
    outage_easy_set_open_socket(pointer, openSocket, Unmanaged.passUnretained(self).toOpaque())
    let isConnectOnly = ["tcp", "tls"].contains(probe.scheme)
    if isConnectOnly { set(CURLOPT_CONNECT_ONLY, 1) }
    outage_easy_set_text(pointer, CURLOPT_URL, EasyHandle.url(of: probe))
  }

  /// What libcurl calls a probe's URL: it knows bare connections as HTTP that stops before asking.
  private static func url(of probe: Probe) -> String {
    let rest = probe.url.dropFirst(probe.scheme.count)
    return switch probe.scheme {
    case "tcp": "http" + rest
    case "tls": "https" + rest
    default: probe.url
    }
  }

  /// What became of the probe, and the sentence about it when it failed; nil when it failed for
  /// want of our own means.
  func outcome(_ result: CURLcode, of probe: Probe) -> (Outcome, detail: String?)? {
    let wasCut = result == CURLE_WRITE_ERROR && number(CURLINFO_SIZE_DOWNLOAD_T) > 0
    guard result == CURLE_OK || wasCut else {
      if result == CURLE_OUT_OF_MEMORY || isOutOfMeans(result) { return nil }
      let failure = Failure(
        code: result, systemError: systemError,
        wasResolved: number(CURLINFO_NAMELOOKUP_TIME_T) > 0)
      let sentence =
        message[0] == 0 ? String(cString: curl_easy_strerror(result)) : String(cString: message)
      return (.failed(failure), sentence)
    }
    if ["http", "https"].contains(probe.scheme) {
      let status = long(CURLINFO_RESPONSE_CODE)
      if !probe.statuses.contains(where: { $0.contains(status) }) {
        return (.failed(.status), "HTTP status \(status)")
      }
    }
    return (.answered(milliseconds: Double(number(CURLINFO_TOTAL_TIME_T)) / 1000), nil)
  }

  /// The system's error of a failed transfer. Libcurl never resets it, so a handle that has one is
  /// not used again.
  private var systemError: Int32 { Int32(truncatingIfNeeded: long(CURLINFO_OS_ERRNO)) }

  /// Whether it can be used for another probe.
  var isClean: Bool { systemError == 0 }

  /// Whether a connection failed for want of our own descriptors, memory or ports.
  private func isOutOfMeans(_ result: CURLcode) -> Bool {
    let own = [EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL]
    return result == CURLE_COULDNT_CONNECT
      && (own.contains(socketError) || own.contains(systemError))
  }

  /// Opens a socket as libcurl would, and keeps what the system says when there is none.
  private let openSocket: curl_opensocket_callback = { context, _, address in
    guard let context, let address else { return CURL_SOCKET_BAD }
    let wanted = address.pointee
    let opened = socket(
      wanted.family, wanted.socktype | Int32(SOCK_CLOEXEC.rawValue), wanted.protocol)
    if opened < 0 {
      Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue().socketError = errno
    }
    return opened
  }

  private func set(_ option: CURLoption, _ value: Int) {
    outage_easy_set_long(pointer, option, value)
  }

  private func long(_ info: CURLINFO) -> Int {
    var value = 0
    outage_easy_get_long(pointer, info, &value)
    return value
  }

  private func number(_ info: CURLINFO) -> curl_off_t {
    var value: curl_off_t = 0
    outage_easy_get_time(pointer, info, &value)
    return value
  }

  /// Reads over an answer, and stops a long one.
  private let discard: curl_write_callback = { _, size, count, easy in
    var received: curl_off_t = 0
    outage_easy_get_time(easy, CURLINFO_SIZE_DOWNLOAD_T, &received)
    return received > EasyHandle.longestAnswer ? 0 : size * count
  }
}
