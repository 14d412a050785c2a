import CCurl
import Glibc
import Outages
import Plans

/// One of libcurl's easy handles with its buffer for error messages, used for one probe after
/// another.
final class EasyHandle {
  let pointer: UnsafeMutableRawPointer
  private let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
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

  /// What became of the probe, and the sentence about it when it failed; nil when it failed for want
  /// of our own means.
  func outcome(_ result: CURLcode, of probe: Probe) -> (Outcome, detail: String?)? {
    let wasCut = result == CURLE_WRITE_ERROR && number(CURLINFO_SIZE_DOWNLOAD_T) > 0
    guard result == CURLE_OK || wasCut else {
      let systemError = Int32(truncatingIfNeeded: long(CURLINFO_OS_ERRNO))
      let own = [EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL]
      if result == CURLE_OUT_OF_MEMORY || own.contains(systemError) { return nil }
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
