import CCurl
import Glibc
import Outages

extension Failure {
  /// The word for a transfer that failed, from libcurl's code and the operating system's error:
  /// libcurl alone says no more than "could not connect".
  init(code: CURLcode, systemError: Int32, wasResolved: Bool) {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
      self = .resolve
    case CURLE_OPERATION_TIMEDOUT:
      self = wasResolved ? .timeout : .resolve
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
      CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED:
      self = .tls
    case CURLE_SSL_CONNECT_ERROR:
      self = Failure(systemError: systemError) ?? .tls
    case CURLE_HTTP_RETURNED_ERROR, CURLE_LOGIN_DENIED, CURLE_REMOTE_ACCESS_DENIED,
      CURLE_REMOTE_FILE_NOT_FOUND, CURLE_FTP_COULDNT_RETR_FILE, CURLE_FTP_WEIRD_PASS_REPLY,
      CURLE_QUOTE_ERROR, CURLE_TOO_MANY_REDIRECTS, CURLE_AUTH_ERROR, CURLE_TFTP_NOTFOUND,
      CURLE_TFTP_PERM, CURLE_RTSP_CSEQ_ERROR:
      // The server is there, and says no.
      self = .status
    case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
      // The other side closed without a word; a reset that came politely.
      self = Failure(systemError: systemError) ?? .reset
    default:
      self = Failure(systemError: systemError) ?? .other
    }
  }

  /// The word for the system's error of a socket.
  init?(systemError: Int32) {
    switch systemError {
    case ECONNREFUSED: self = .refused
    case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, ENONET, EACCES, ENOPROTOOPT,
      EPROTO:
      self = .unreachable
    case ECONNRESET, ECONNABORTED, EPIPE: self = .reset
    case ETIMEDOUT: self = .timeout
    default: return nil
    }
  }
}

extension Trouble {
  /// What kept us from probing, by the system's error; nil when it may be the target's.
  init?(systemError: Int32) {
    switch systemError {
    case EMFILE, ENFILE: self = .descriptors
    case EADDRNOTAVAIL, EADDRINUSE: self = .ports
    case ENOBUFS, ENOMEM: self = .memory
    // That one is never a router's word: a filter of our own does not let us send.
    case ENODEV, EPERM, EAFNOSUPPORT: self = .noRoute
    default: return nil
    }
  }
}
