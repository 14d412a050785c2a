import CCurl
import Plans

/// From what a plan says to libcurl's options.
extension EasyHandle {
  func setUp(_ settings: ProbeSettings, _ scheme: String) {
    switch scheme {
    case "tcp", "tls", "smtp", "smtps", "imap", "imaps", "pop3", "pop3s",
      "ftp", "ftps":
      // As far as the greeting, and the login where there is one.
      set(CURLOPT_CONNECT_ONLY, 1)
    case "mqtt": if let body = settings.body { setBody(body) }
    case "http", "https": setUpHTTP(settings, isTLS: scheme == "https")
    default: break
    }
    if ["tcp", "tls"].contains(scheme), settings.proxy != nil { set(CURLOPT_HTTPPROXYTUNNEL, 1) }
    switch settings.credentials {
    case .password(let user, let password):
      outage_easy_set_text(pointer, CURLOPT_USERNAME, user)
      outage_easy_set_text(pointer, CURLOPT_PASSWORD, password)
    case .bearer(let token):
      outage_easy_set_text(pointer, CURLOPT_XOAUTH2_BEARER, token)
      set(CURLOPT_HTTPAUTH, 1 << 6)
    case nil: break
    }
    // Names are resolved before, but for those that redirects lead to.
    if settings.redirects > 0, let family = settings.family {
      set(CURLOPT_IPRESOLVE, Int(family == .ipv4 ? CURL_IPRESOLVE_V4 : CURL_IPRESOLVE_V6))
    }
    if let source = settings.source {
      let kind = if case .address = SourceAddress(source) { "host!" } else { "if!" }
      outage_easy_set_text(pointer, CURLOPT_INTERFACE, kind + source)
    }
    setUp(settings.tls, keepsConnection: settings.keepsConnection)
  }

  private func setUpHTTP(_ settings: ProbeSettings, isTLS: Bool) {
    if let body = settings.body { setBody(body) }
    if settings.method == "HEAD" {
      set(CURLOPT_NOBODY, 1)
    } else if let method = settings.method {
      outage_easy_set_text(pointer, CURLOPT_CUSTOMREQUEST, method)
    }
    set(CURLOPT_HTTP_VERSION, EasyHandle.version(settings.version, isTLS: isTLS))
    if settings.redirects > 0 {
      set(CURLOPT_FOLLOWLOCATION, 1)
      set(CURLOPT_MAXREDIRS, settings.redirects)
      outage_easy_set_text(pointer, CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
    }
    // What is not looked at need not be unpacked.
    if settings.expectation.needsBody {
      outage_easy_set_text(pointer, CURLOPT_ACCEPT_ENCODING, "")
    }
    curl_slist_free_all(headers)
    headers = nil
    for header in settings.headers { headers = curl_slist_append(headers, header) }
    outage_easy_set_pointer(pointer, CURLOPT_HTTPHEADER, headers)
  }

  /// As libcurl numbers them: without TLS nobody can be asked whether he has HTTP/2.
  private static func version(_ version: ProbeSettings.Version?, isTLS: Bool) -> Int {
    switch version {
    case .one: Int(CURL_HTTP_VERSION_1_1)
    case .two where !isTLS: Int(CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE)
    case .two, nil: Int(CURL_HTTP_VERSION_2TLS)
    }
  }

  private func setBody(_ body: String) {
    set(CURLOPT_POSTFIELDSIZE, body.utf8.count)
    outage_easy_set_text(pointer, CURLOPT_COPYPOSTFIELDS, body)
  }

  private func setUp(_ tls: ProbeSettings.TLS, keepsConnection: Bool) {
    // With a folder of authorities set, as Debian does, libcurl would read all of them for each
    // probe; without, it keeps what it has read from the file.
    outage_easy_set_text(pointer, CURLOPT_CAPATH, nil)
    if let file = tls.authorities { outage_easy_set_text(pointer, CURLOPT_CAINFO, file) }
    if let file = tls.certificate { outage_easy_set_text(pointer, CURLOPT_SSLCERT, file) }
    if let file = tls.key { outage_easy_set_text(pointer, CURLOPT_SSLKEY, file) }
    if !tls.isVerified {
      set(CURLOPT_SSL_VERIFYPEER, 0)
      set(CURLOPT_SSL_VERIFYHOST, 0)
    }
    if tls.starts { set(CURLOPT_USE_SSL, 3) }
    // A connection that is kept may outlive this handle, and must not write to it.
    if !keepsConnection { outage_easy_see_chain(pointer, chain) }
  }
}
