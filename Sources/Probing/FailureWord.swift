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
    case CURLE_HTTP_RETURNED_ERROR:
      self = .status
    case CURLE_GOT_NOTHING:
      // The other side closed without a word; a reset that came politely.
      self = Failure(systemError: systemError) ?? .reset
    default:
      self = Failure(systemError: systemError) ?? .other
    }
  }

  private init?(systemError: Int32) {
    switch systemError {
    case ECONNREFUSED: self = .refused
    case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, ENONET, EACCES, EPERM: self = .unreachable
    case ECONNRESET, ECONNABORTED, EPIPE: self = .reset
    case ETIMEDOUT: self = .timeout
    default: return nil
    }
  }
}
