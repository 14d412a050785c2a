import CCurl
import Outages
import Plans

/// From what libcurl says to what became of a probe.
extension EasyHandle {
  /// What became of the probe, whose name took `resolve` milliseconds where it had to be asked.
  func finding(_ result: CURLcode, _ manner: Manner, resolve: Double?) -> Finding {
    // A bare connection to an address has nothing to tell but how long it took.
    if result == CURLE_OK, resolve == nil, manner.scheme == "tcp" {
      return Finding(ticket, .answered(milliseconds: total))
    }
    var detail = Detail()
    if resolve != nil {
      let connected = text(CURLINFO_PRIMARY_IP) ?? ""
      detail.address = connected.isEmpty ? tried.last?.text : connected
    }
    detail.phases = phases(manner, resolve)
    let status = long(CURLINFO_RESPONSE_CODE)
    if status > 0 { detail.status = status }
    if received > 0 { detail.bytes = received }
    if chain.pointee.is_known != 0 {
      detail.certificateDays = Int((Double(chain.pointee.seconds_left) / 86_400).rounded(.down))
    }
    guard result == CURLE_OK || isBodyCut else { return failure(result, manner, detail, resolve) }
    if manner.looksAtAnswers, let (failure, phase, problem) = problem(manner, status) {
      (detail.died, detail.sentence) = (phase, problem)
      return Finding(ticket, .failed(failure), detail)
    }
    return Finding(ticket, .answered(milliseconds: total + (resolve ?? 0)), detail)
  }

  /// How long all of it took, but for the name.
  private var total: Double { Double(number(CURLINFO_TOTAL_TIME_T)) / 1000 }

  private func failure(
    _ result: CURLcode, _ manner: Manner, _ detail: Detail, _ resolve: Double?
  ) -> Finding {
    var detail = detail
    detail.died = phaseOfDeath(result)
    detail.sentence =
      isHeadCut ? "the headers are longer than \(limits.headers) bytes" : sentence(result)
    if let trouble = trouble(result) { return Finding(ticket, .prevented(trouble), detail) }
    // A proxy's answer is one too, and so is what a server says who takes no leave to speak.
    let proxied = long(CURLINFO_HTTP_CONNECTCODE)
    if proxied >= 300 { detail.status = proxied }
    if proxied >= 300 || result == CURLE_WEIRD_SERVER_REPLY && !manner.isHTTP {
      return Finding(ticket, .failed(.status), detail)
    }
    if systemError == 0, let word = word(for: detail.sentence ?? "", result) {
      return Finding(ticket, .failed(word), detail)
    }
    // Where several addresses were tried, the system's error may be of one that was given up.
    let isOfThis = tried.count < 2 || result == CURLE_COULDNT_CONNECT
    let failure = Failure(
      code: result, systemError: isOfThis ? systemError : 0,
      wasResolved: resolve != nil || number(CURLINFO_NAMELOOKUP_TIME_T) > 0)
    return Finding(ticket, .failed(failure), detail)
  }

  /// The word where libcurl's sentence tells more than its code.
  private func word(for sentence: String, _ result: CURLcode) -> Failure? {
    switch result {
    // A handshake that ends without a word is a closed connection, and no quarrel over TLS.
    case CURLE_SSL_CONNECT_ERROR: sentence.contains("SSL_ERROR_SYSCALL") ? .reset : nil
    // From TLS 1.3 on a server refuses a client's certificate when the handshake is over.
    case CURLE_RECV_ERROR, CURLE_SEND_ERROR:
      sentence.contains("SSL routines") ? .tls : sentence.contains("chunked") ? .other : nil
    default: nil
    }
  }

  /// The name that a redirect led to, if it was that which could not be resolved.
  func unresolved(_ result: CURLcode) -> String? {
    let isTooLate =
      result == CURLE_OPERATION_TIMEDOUT && String(cString: message).hasPrefix("Resolving")
    guard result == CURLE_COULDNT_RESOLVE_HOST || isTooLate, long(CURLINFO_REDIRECT_COUNT) > 0
    else {
      return nil
    }
    return text(CURLINFO_EFFECTIVE_URL).flatMap { Endpoint(of: $0)?.host }
  }

  /// Whether whoever answers does not end a line: libcurl calls that a want of memory too.
  private func isEndless(_ result: CURLcode) -> Bool {
    result == CURLE_OUT_OF_MEMORY && number(CURLINFO_CONNECT_TIME_T) > 0
  }

  /// libcurl's sentence, with the system's reason where libcurl gives none.
  private func sentence(_ result: CURLcode) -> String {
    if isEndless(result) { return "a line of what it says has no end" }
    if message[0] == 0 { return String(cString: curl_easy_strerror(result)) }
    let text = String(cString: message)
    let isOfSystem = result == CURLE_COULDNT_CONNECT && systemError != 0
    return isOfSystem
      ? text.replacing("Couldn't connect to server", with: systemText(systemError)) : text
  }

  /// What is wrong with an answer.
  private func problem(_ manner: Manner, _ status: Int) -> (Failure, Detail.Phase, String)? {
    let isKnown = chain.pointee.is_known != 0
    let left = isKnown ? chain.pointee.seconds_left : nil
    if let problem = manner.settings.expectation.problem(secondsLeft: left) {
      return (.tls, .tls, problem)
    }
    if manner.settings.version == .two, long(CURLINFO_HTTP_VERSION) != Int(CURL_HTTP_VERSION_2_0) {
      return (.status, .first, "it answers with HTTP/1, and not with HTTP/2")
    }
    let expectation = manner.settings.expectation
    let problem =
      manner.isHTTP
      ? expectation.problem(
        status: status, header: header, body: body, isBodyWhole: !isBodyCut)
      : expectation.problem(
        body: manner.scheme == "mqtt" ? messageOfMQTT : body, isWhole: !isBodyCut || stopsAtOnce)
    return problem.map { sentence in
      let isOfStatus = manner.isHTTP && !expectation.statuses.contains { $0.contains(status) }
      return (.status, isOfStatus ? .first : .transfer, sentence)
    }
  }

  /// libcurl hands over what is published with its topic before it, whose length comes first.
  private var messageOfMQTT: [UInt8] {
    let topic = body.count > 1 ? Int(body[0]) << 8 | Int(body[1]) : 0
    return Array(body.dropFirst(2 + topic))
  }

  /// What headers of this name say.
  private func header(_ name: String) -> [String] {
    var values: [String] = []
    var found: UnsafeMutablePointer<curl_header>?
    while curl_easy_header(pointer, name, values.count, 1, -1, &found) == CURLHE_OK, let found {
      values.append(String(cString: found.pointee.value))
    }
    return values
  }

  /// How long its phases took.
  private func phases(_ manner: Manner, _ resolve: Double?) -> Detail.Phases {
    var phases = Detail.Phases()
    phases.resolve = resolve
    func at(_ info: CURLINFO) -> Double { Double(number(info)) / 1000 }
    let connected = at(CURLINFO_CONNECT_TIME_T)
    if connected <= 0 { return phases }
    phases.connect = connected - at(CURLINFO_NAMELOOKUP_TIME_T)
    let secured = at(CURLINFO_APPCONNECT_TIME_T)
    if manner.isTLS || chain.pointee.is_known != 0, secured > 0 {
      phases.tls = secured - connected
    }
    let (asked, first) = (at(CURLINFO_PRETRANSFER_TIME_T), at(CURLINFO_STARTTRANSFER_TIME_T))
    if first > 0, first >= asked {
      phases.first = first - asked
      phases.transfer = max(0, total - first)
    }
    return phases
  }

  /// libcurl says that it has connected only when TLS is done, so that its code tells the two apart.
  private func phaseOfDeath(_ result: CURLcode) -> Detail.Phase {
    switch result {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: return .resolve
    case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED: return .connect
    default: break
    }
    if Failure(code: result, systemError: 0, wasResolved: true) == .tls { return .tls }
    if number(CURLINFO_CONNECT_TIME_T) == 0 {
      // It has an address as soon as the connection stands.
      let isConnected = text(CURLINFO_PRIMARY_IP).map { !$0.isEmpty } ?? false
      return chain.pointee.is_known != 0 || isConnected && manner?.isTLS ?? false ? .tls : .connect
    }
    return number(CURLINFO_STARTTRANSFER_TIME_T) == 0 ? .first : .transfer
  }

  /// What kept us from connecting, if it was ourselves.
  private func trouble(_ result: CURLcode) -> Trouble? {
    switch result {
    case CURLE_OUT_OF_MEMORY: return isEndless(result) ? nil : .memory
    case CURLE_INTERFACE_FAILED: return .noRoute
    case CURLE_COULDNT_CONNECT:
      if let own = Trouble(systemError: socketError) { return own }
      let mayBeOurs =
        Failure(systemError: systemError) == .unreachable || systemError == EADDRNOTAVAIL
      let source = manner?.settings.source.map(SourceAddress.init)
      if mayBeOurs, !tried.isEmpty, !tried.contains(where: { $0.hasRoute(from: source) }) {
        return .noRoute
      }
      return Trouble(systemError: systemError)
    default: return nil
    }
  }

  /// The system's error of a failed transfer. Libcurl never resets it, so a handle that has one is
  /// not used again.
  private var systemError: Int32 { Int32(truncatingIfNeeded: long(CURLINFO_OS_ERRNO)) }

  /// Whether it can be used for another probe.
  var isClean: Bool { systemError == 0 }
}
