import CCurl
import Outages
import Plans

/// From what libcurl says to what became of a probe.
extension EasyHandle {
  /// What became of the probe; nil for the outcome when it failed over a lapse of ours. `resolve` is
  /// how long its name took.
  func finding(_ result: CURLcode, of probe: Probe, resolve: Double?) -> Finding {
    var detail = Detail()
    detail.phases = phases(resolve, isTLS: chain.pointee.is_known != 0)
    if resolve != nil || received > 0, let address = text(CURLINFO_PRIMARY_IP), !address.isEmpty {
      detail.address = resolve == nil ? nil : address
    }
    let status = long(CURLINFO_RESPONSE_CODE)
    if status > 0 { detail.status = status }
    if received > 0 { detail.bytes = received }
    var secondsLeft: Int?
    if chain.pointee.is_known != 0 {
      secondsLeft = chain.pointee.seconds_left
      detail.certificateDays = Int((Double(chain.pointee.seconds_left) / 86_400).rounded(.down))
    }
    let expectation = probe.settings.expectation
    if result == CURLE_OK || isBodyCut {
      if let problem = expectation.problem(secondsLeft: secondsLeft) {
        (detail.died, detail.sentence) = (.tls, problem)
        return Finding(ticket, .failed(.tls), detail)
      }
      if let problem = problem(expectation, probe.scheme, status) {
        (detail.died, detail.sentence) = (.first, problem)
        return Finding(ticket, .failed(.status), detail)
      }
      let total = Double(number(CURLINFO_TOTAL_TIME_T)) / 1000 + (resolve ?? 0)
      return Finding(ticket, .answered(milliseconds: total), detail)
    }
    detail.died = phaseOfDeath(result, isTLS: ["https", "tls"].contains(probe.scheme))
    detail.sentence =
      isHeadCut
      ? "the headers are longer than \(limits.headers) bytes"
      : message[0] == 0 ? String(cString: curl_easy_strerror(result)) : String(cString: message)
    if let trouble = trouble(result) { return Finding(ticket, .prevented(trouble), detail) }
    let failure = Failure(
      code: result, systemError: systemError,
      wasResolved: resolve != nil || number(CURLINFO_NAMELOOKUP_TIME_T) > 0)
    return Finding(ticket, .failed(failure), detail)
  }

  /// What is wrong with an answer.
  private func problem(_ expectation: AnswerExpectation, _ scheme: String, _ status: Int) -> String?
  {
    switch scheme {
    case "http", "https":
      expectation.problem(
        status: status, header: header, body: body, isBodyWhole: !isBodyCut)
    default: expectation.problem(body: body, isWhole: !isBodyCut)
    }
  }

  private func header(_ name: String) -> String? {
    var found: UnsafeMutablePointer<curl_header>?
    guard curl_easy_header(pointer, name, 0, 1, -1, &found) == CURLHE_OK, let found else {
      return nil
    }
    return String(cString: found.pointee.value)
  }

  private func phases(_ resolve: Double?, isTLS: Bool) -> [(Detail.Phase, Double)] {
    func at(_ info: CURLINFO) -> Double { Double(number(info)) / 1000 }
    var phases: [(Detail.Phase, Double)] = []
    if let resolve { phases.append((.resolve, resolve)) }
    let (looked, connected) = (at(CURLINFO_NAMELOOKUP_TIME_T), at(CURLINFO_CONNECT_TIME_T))
    if connected <= 0 { return phases }
    phases.append((.connect, connected - looked))
    let secured = at(CURLINFO_APPCONNECT_TIME_T)
    if isTLS, secured > 0 { phases.append((.tls, secured - connected)) }
    let (asked, first) = (at(CURLINFO_PRETRANSFER_TIME_T), at(CURLINFO_STARTTRANSFER_TIME_T))
    if first > 0, first >= asked {
      phases.append((.first, first - asked))
      phases.append((.transfer, max(0, at(CURLINFO_TOTAL_TIME_T) - first)))
    }
    return phases.count > 1 ? phases : []
  }

  private func phaseOfDeath(_ result: CURLcode, isTLS: Bool) -> Detail.Phase {
    if [CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY].contains(result) {
      return .resolve
    }
    if number(CURLINFO_CONNECT_TIME_T) == 0 { return .connect }
    if isTLS, number(CURLINFO_APPCONNECT_TIME_T) == 0 { return .tls }
    return number(CURLINFO_STARTTRANSFER_TIME_T) == 0 ? .first : .transfer
  }

  /// What kept us from connecting, if it was ourselves.
  private func trouble(_ result: CURLcode) -> Trouble? {
    switch result {
    case CURLE_OUT_OF_MEMORY: return .memory
    case CURLE_INTERFACE_FAILED: return .noRoute
    case CURLE_COULDNT_CONNECT:
      if let own = Trouble(systemError: socketError) ?? Trouble(systemError: systemError) {
        return own
      }
      let isRefused = Failure(systemError: systemError) == .unreachable
      return isRefused && !tried.isEmpty && !tried.contains(where: \.hasRoute) ? .noRoute : nil
    default: return nil
    }
  }

  /// The system's error of a failed transfer. Libcurl never resets it, so a handle that has one is
  /// not used again.
  private var systemError: Int32 { Int32(truncatingIfNeeded: long(CURLINFO_OS_ERRNO)) }

  /// Whether it can be used for another probe.
  var isClean: Bool { systemError == 0 }
}
