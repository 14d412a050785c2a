/// What a probe tells beside its outcome: for people, and for whoever asks a log later what took so
/// long. No verdict depends on it.
public struct Detail: Sendable, Equatable {
  /// The parts of a probe, in their order.
  public enum Phase: String, Sendable, CaseIterable {
    /// The name's addresses are asked for.
    case resolve
    case connect
    /// The TLS handshake.
    case tls
    /// From the request to the answer's first byte.
    case first
    /// From there to the answer's last byte.
    case transfer
  }

  /// How long each phase took that came to its end, in milliseconds.
  public struct Phases: Sendable, Equatable {
    public var resolve: Double?
    public var connect: Double?
    public var tls: Double?
    public var first: Double?
    public var transfer: Double?

    public init() {}

    /// Those that there are, in their order.
    public var all: [(phase: Phase, milliseconds: Double)] {
      zip(Phase.allCases, [resolve, connect, tls, first, transfer])
        .compactMap { phase, time in time.map { (phase, $0) } }
    }
  }

  public var phases = Phases()
  /// The address that was asked.
  public var address: String?
  /// The status of an answer: HTTP's, FTP's, SMTP's, DNS's.
  public var status: Int?
  /// How many bytes the answer's body had, as far as it was read.
  public var bytes: Int?
  /// The data of a DNS answer's records, as in a zone file.
  public var answers: [String] = []
  /// Days until the first certificate of the chain expires, rounded down.
  public var certificateDays: Int?
  /// The phase in which the probe failed.
  public var died: Phase?
  /// What went wrong, as a sentence: libcurl's, the system's, or ours.
  public var sentence: String?
  /// By how many milliseconds the probe was sent after its time.
  public var late: Int?

  public init() {}
}
