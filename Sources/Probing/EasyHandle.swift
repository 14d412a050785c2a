import CAres
import CCurl
import CLinux
import Glibc
import Outages
import Plans

/// One of libcurl's easy handles with what its callbacks need, used for one probe after another.
///
/// Options that stay the same from probe to probe are set once: half of libcurl's work is setting up.
final class EasyHandle {
  let pointer: UnsafeMutableRawPointer
  /// The probe it is used for.
  @exclusivity(unchecked) var ticket = 0
  /// Where it is among those in use.
  @exclusivity(unchecked) var place = 0
  let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  let chain = UnsafeMutablePointer<outage_chain>.allocate(capacity: 1)
  let limits: Limits
  private let trace: ((String) -> Void)?
  /// What the options are set for.
  @exclusivity(unchecked) private(set) var manner: Manner?
  @exclusivity(unchecked) private var timeout: Duration?
  /// Why the system gave us no socket, or 0: libcurl tells that from a refusal by nothing.
  @exclusivity(unchecked) var socketError: Int32 = 0
  /// Where it has tried to connect.
  @exclusivity(unchecked) var tried: [SocketAddress] = []
  @exclusivity(unchecked) var body: [UInt8] = []
  @exclusivity(unchecked) var received = 0
  @exclusivity(unchecked) private var headerBytes = 0
  /// Whether we have stopped reading a long body, or an endless head.
  @exclusivity(unchecked) var isBodyCut = false
  @exclusivity(unchecked) var isHeadCut = false
  /// Names that were resolved for it: its own, so that it never walks those of all others.
  private var names: UnsafeMutableRawPointer?
  private var resolved: UnsafeMutablePointer<curl_slist>?
  private var resolvedName: String?
  var headers: UnsafeMutablePointer<curl_slist>?
  /// Whether somebody looks at the body, and whether its first bytes are enough: what is subscribed to
  /// has no end.
  private var keepsBody = false
  var stopsAtOnce = false
  /// Whether what is sent may be a password.
  private var hidesCommands = false
  private var secrets = Secrets()

  init?(_ limits: Limits, trace: ((String) -> Void)?) {
    guard let pointer = curl_easy_init() else { return nil }
    (self.pointer, self.limits, self.trace) = (pointer, limits, trace)
  }

  deinit {
    curl_easy_cleanup(pointer)
    curl_slist_free_all(headers)
    curl_slist_free_all(resolved)
    names.map { _ = curl_share_cleanup($0) }
    message.deallocate()
    chain.deallocate()
  }

  // MARK: Setting up

  /// Makes ready for a probe. `addresses` are those of the URL's host, where it has been resolved.
  func prepare(_ station: Station, _ addresses: [SocketAddress]?, timeout: Duration) {
    if station.manner !== manner { setUp(station.manner) }
    message[0] = 0
    (socketError, received, headerBytes, isBodyCut, isHeadCut) = (0, 0, 0, false, false)
    chain.pointee = outage_chain()
    if !tried.isEmpty { tried.removeAll(keepingCapacity: true) }
    if !body.isEmpty { body.removeAll(keepingCapacity: true) }
    if timeout != self.timeout {
      set(CURLOPT_TIMEOUT_MS, Int(max(timeout, .milliseconds(1)).milliseconds))
      self.timeout = timeout
    }
    if case .name(let endpoint) = station.way, let addresses { resolve(endpoint, addresses) }
    outage_easy_set_text(pointer, CURLOPT_URL, station.url)
  }

  private func setUp(_ manner: Manner) {
    curl_easy_reset(pointer)
    (self.manner, timeout) = (manner, nil)
    let settings = manner.settings
    let me = Unmanaged.passUnretained(self).toOpaque()
    outage_easy_set_pointer(pointer, CURLOPT_PRIVATE, me)
    outage_easy_set_pointer(pointer, CURLOPT_ERRORBUFFER, message)
    set(CURLOPT_NOSIGNAL, 1)
    if !settings.keepsConnection {
      // A connection that was kept alive proves little.
      set(CURLOPT_FRESH_CONNECT, 1)
      set(CURLOPT_FORBID_REUSE, 1)
      set(CURLOPT_SSL_SESSIONID_CACHE, 0)
    }
    // With a cache every probe would walk all of it, and a dead resolver would go unnoticed.
    set(CURLOPT_DNS_CACHE_TIMEOUT, 0)
    // On a timeout, don't wait for the resolver thread that a redirect or a proxy may need.
    set(CURLOPT_QUICK_EXIT, 1)
    // What the plan says is asked, not what the environment says.
    outage_easy_set_text(pointer, CURLOPT_PROXY, settings.proxy ?? "")
    outage_easy_set_text(pointer, CURLOPT_NOPROXY, "")
    outage_easy_set_text(pointer, CURLOPT_USERAGENT, "outage")
    // Unretained is sound: the handle is ours, and calls back only while it is in use.
    outage_easy_set_write(pointer, EasyHandle.write)
    outage_easy_set_pointer(pointer, CURLOPT_WRITEDATA, me)
    outage_easy_set_header(pointer, EasyHandle.head, me)
    outage_easy_set_open_socket(pointer, EasyHandle.openSocket, me)
    if trace != nil {
      set(CURLOPT_VERBOSE, 1)
      outage_easy_set_debug(pointer, EasyHandle.debug, me)
    }
    keepsBody = settings.expectation.needsBody
    hidesCommands = !manner.isHTTP
    secrets = manner.secrets
    stopsAtOnce = manner.scheme == "mqtt" && settings.body == nil
    setUp(settings, manner.scheme)
  }

  /// Gives libcurl the addresses of the URL's host.
  private func resolve(_ endpoint: Endpoint, _ addresses: [SocketAddress]) {
    if names == nil {
      names = curl_share_init()
      names.map { _ = outage_share_names($0) }
    }
    outage_easy_set_pointer(pointer, CURLOPT_SHARE, names)
    let name = "\(endpoint.host):\(endpoint.port)"
    let texts = addresses.map { $0.family == AF_INET ? $0.text : "[\($0.text)]" }
    curl_slist_free_all(resolved)
    resolved = nil
    if let old = resolvedName, old != name { resolved = curl_slist_append(nil, "-" + old) }
    resolved = curl_slist_append(resolved, name + ":" + texts.joined(separator: ","))
    resolvedName = name
    outage_easy_set_pointer(pointer, CURLOPT_RESOLVE, resolved)
  }

  // MARK: Callbacks

  /// The one that has a pointer of libcurl's.
  static func of(_ pointer: UnsafeMutableRawPointer) -> EasyHandle? {
    var context: UnsafeMutableRawPointer?
    outage_easy_get_pointer(pointer, CURLINFO_PRIVATE, &context)
    return handle(context)
  }

  private static func handle(_ context: UnsafeMutableRawPointer?) -> EasyHandle? {
    context.map { Unmanaged<EasyHandle>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Opens a socket as libcurl would, and keeps what the system says when there is none.
  private static let openSocket: curl_opensocket_callback = { context, _, address in
    guard let easy = handle(context), let address else { return CURL_SOCKET_BAD }
    let wanted = address.pointee
    // It is longer than its type says where it is of IPv6.
    if let offset = MemoryLayout.offset(of: \curl_sockaddr.addr), easy.tried.count < 8,
      let tried = SocketAddress(
        (UnsafeRawPointer(address) + offset).assumingMemoryBound(to: sockaddr.self))
    {
      easy.tried.append(tried)
    }
    let opened = socket(
      wanted.family, wanted.socktype | Int32(SOCK_CLOEXEC.rawValue), wanted.protocol)
    if opened < 0 { easy.socketError = errno }
    return opened
  }

  /// Reads over a body, or keeps it where somebody looks at it, and stops a long one.
  private static let write: curl_write_callback = { bytes, size, count, context in
    guard let easy = handle(context), let bytes else { return 0 }
    return easy.take(UnsafeBufferPointer(start: bytes, count: size * count))
  }

  private func take(_ bytes: UnsafeBufferPointer<CChar>) -> Int {
    let read = bytes.prefix(limits.body - received)
    received += read.count
    if keepsBody { body.append(contentsOf: read.lazy.map(UInt8.init(bitPattern:))) }
    isBodyCut = read.count < bytes.count || stopsAtOnce
    return isBodyCut ? 0 : bytes.count
  }

  private static let head: curl_write_callback = { bytes, size, count, context in
    guard let easy = handle(context) else { return 0 }
    easy.headerBytes += size * count
    easy.isHeadCut = easy.headerBytes > easy.limits.headers
    return easy.isHeadCut ? 0 : size * count
  }

  private static let debug: curl_debug_callback = { _, kind, bytes, count, context in
    guard let easy = handle(context), let bytes, let trace = easy.trace else { return 0 }
    // That reading ends where we end it is no news.
    if easy.isBodyCut, kind == CURLINFO_TEXT { return 0 }
    let lines = Conversation.lines(
      kind, UnsafeBufferPointer(start: bytes, count: count), isText: easy.hidesCommands,
      secrets: easy.secrets)
    lines.forEach(trace)
    return 0
  }

  // MARK: libcurl's variadic calls

  func set(_ option: CURLoption, _ value: Int) {
    outage_easy_set_long(pointer, option, value)
  }

  func long(_ info: CURLINFO) -> Int {
    var value = 0
    outage_easy_get_long(pointer, info, &value)
    return value
  }

  func number(_ info: CURLINFO) -> curl_off_t {
    var value: curl_off_t = 0
    outage_easy_get_time(pointer, info, &value)
    return value
  }

  func text(_ info: CURLINFO) -> String? {
    var value: UnsafePointer<CChar>?
    outage_easy_get_text(pointer, info, &value)
    return value.map { String(cString: $0) }
  }
}
