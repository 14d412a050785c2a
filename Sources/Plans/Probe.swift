public import Expressions
public import Outages

/// How to ask a target whether it is there.
public struct Probe: Sendable, Equatable {
  /// `http https tcp tls icmp dns dns+tcp`, or whatever else this machine's libcurl speaks.
  public var url: String
  /// After this long without an outcome the outcome is a timeout.
  public var timeout: Duration
  /// What is said of the asking beside this: one value for all targets that are asked alike.
  private var shared: Shared

  private final class Shared: Sendable {
    let settings: ProbeSettings

    init(_ settings: ProbeSettings) { self.settings = settings }
  }

  /// Who says nothing.
  private static let plain = Shared(ProbeSettings())

  public init(url: String, timeout: Duration = .seconds(5)) {
    (self.url, self.timeout, shared) = (url, timeout, Probe.plain)
  }

  public var settings: ProbeSettings {
    get { shared.settings }
    set { shared = Shared(newValue) }
  }

  /// The same for all probes that share their settings.
  public var settingsIdentity: ObjectIdentifier { ObjectIdentifier(shared) }

  public var scheme: String { ProbeURL.scheme(of: url) }

  public static func == (a: Probe, b: Probe) -> Bool {
    a.url == b.url && a.timeout == b.timeout
      && (a.shared === b.shared || a.settings == b.settings)
  }
}

/// How a target is asked beyond its URL, and what answer it must give.
public struct ProbeSettings: Sendable, Equatable {
  public enum Family: String, Sendable, CaseIterable {
    case ipv4, ipv6
  }

  public enum Version: String, Sendable, CaseIterable {
    case one = "1.1"
    case two = "2"
  }

  public enum Credentials: Sendable, Equatable {
    case password(user: String, String)
    case bearer(String)
  }

  public struct TLS: Sendable, Equatable {
    /// Files in PEM: whom to trust, and who we are.
    public var authorities: String?
    public var certificate: String?
    public var key: String?
    /// Whether the chain and the name must be right.
    public var isVerified = true
    /// Whether a plain protocol must change over to TLS (STARTTLS).
    public var starts = false
  }

  public var method: String?
  /// Each as `Name: value`.
  public var headers: [String] = []
  public var body: String?
  public var credentials: Credentials?
  /// How many redirects are followed.
  public var redirects = 0
  public var proxy: String?
  public var version: Version?
  /// Only addresses of this family.
  public var family: Family?
  /// The address or the interface that is asked from.
  public var source: String?
  /// Whether a connection may be kept for the next probe.
  public var keepsConnection = false
  public var tls = TLS()
  public var expectation = AnswerExpectation()
  /// What is sent that came from the environment, and may be a secret.
  public var confided: Set<String> = []

  public init() {}
}

/// What counts as an answer.
public struct AnswerExpectation: Sendable, Equatable {
  /// The statuses of HTTP that do.
  public var statuses: [ClosedRange<Int>] = [200...399]
  /// What the body, or the records of a DNS answer, one a line, must have.
  public var body: RegularExpression?
  /// What must stand at places of a body in JSON (RFC 6901).
  public var json: [Value] = []
  /// What headers must have.
  public var headers: [Header] = []
  /// The certificates of the chain must be valid for so long yet.
  public var certificate: Duration?
  /// The response codes of DNS that do.
  public var responseCodes: [Int] = [0]
  /// The data of records that a DNS answer must have, as in a zone file.
  public var answers: [String] = []
  /// The ways in which the probe must fail.
  public var failures: Set<Failure> = []

  public struct Value: Sendable, Equatable {
    public var pointer: JSONPointer
    /// The text of what must stand there; nil when anything may.
    public var text: String?
    /// What people are shown in its place, if it is a secret.
    public var shown: String?
  }

  public struct Header: Sendable, Equatable {
    public var name: String
    public var value: RegularExpression
  }

  public init() {}

  /// Whether the body has to be kept.
  public var needsBody: Bool { body != nil || !json.isEmpty }
}

/// How much of a thing a probe, and all probes together, may take.
public struct Limits: Sendable, Equatable {
  /// How many probes may be in flight, and how many of those to one host.
  public var inFlight = 10_000
  public var perHost = 100
  /// How many bytes of an answer's body are read, unpacked, and how many of its headers.
  public var body = 64 * 1024
  public var headers = 64 * 1024

  public init() {}
}
