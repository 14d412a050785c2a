import FoundationEssentials
import Glibc
import Outages
import Plans
import ProbeLog
import Probing
import Reports
import Scoring
import Simulation

/// The files that commands read.
enum Files {
  /// The text of a file, or of whatever else can be read to its end and has no more bytes than `most`.
  static func text(of path: String, most: Int = 1 << 30) throws -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 {
      throw Failure(.noInput, "cannot read \(path): \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count == 0 { break }
      if count < 0, errno == EINTR { continue }
      if count < 0 {
        throw Failure(.noInput, "cannot read \(path): \(String(cString: strerror(errno)))")
      }
      bytes += chunk[..<count]
      if bytes.count > most { throw Failure(.badData, "\(path) has more than \(most) bytes") }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(.badData, "\(path) is not UTF-8 text")
    }
    return text
  }

  /// A report that was printed as JSON.
  static func report(_ path: String) throws -> SavedReport {
    let text = try text(of: path)
    do {
      return try SavedReport(json: text)
    } catch {
      throw Failure(.badData, "\(path): \(error)")
    }
  }

  static func truth(_ path: String) throws -> Truth {
    let text = try text(of: path)
    do {
      return try Truth(json: text)
    } catch {
      throw Failure(.badData, "\(path): \(error)")
    }
  }

  /// Puts a text in place of whatever a file has.
  static func write(_ text: String, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    defer { if descriptor >= 0 { close(descriptor) } }
    if descriptor < 0 || !Output.write(text, to: descriptor) {
      throw Failure(.cannotCreate, "cannot write \(path): \(String(cString: strerror(errno)))")
    }
  }

  /// The plan that files make together, and all files of folders that are named like plans.
  static func plan(_ paths: [String]) throws -> Plan {
    do {
      return try Plan(sources(paths), schemes: LiveNetwork.schemes, in: surroundings)
    } catch let problems as Problems {
      throw Failure(.badPlan, problems.description)
    }
  }

  /// The texts of plans; a folder stands for its `.yaml` and `.yml` files, in the order of their
  /// names.
  static func sources(_ paths: [String]) throws -> [Source] {
    try paths.flatMap { path -> [Source] in
      let names = try? FileManager.default.contentsOfDirectory(atPath: path)
      guard let names else { return [Source(path: path, text: try text(of: path))] }
      let folder = path.hasSuffix("/") ? path : path + "/"
      let plans = names.filter {
        !$0.hasPrefix(".") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml"))
      }.sorted()
      if plans.isEmpty { throw Failure(.noInput, "there are no .yaml files in \(path)") }
      return try plans.map { Source(path: folder + $0, text: try text(of: folder + $0)) }
    }
  }

  /// What a plan may refer to: the environment, and files beside it.
  static let surroundings = Surroundings(
    variable: { name in getenv(name).map { String(cString: $0) } },
    text: { path, most in
      do {
        return .success(try text(of: path, most: most))
      } catch {
        let reason = (error as? Failure)?.message ?? "\(error)"
        return .failure(Surroundings.Unreadable(reason: reason))
      }
    },
    problem: LiveNetwork.problem(with:))

  static func scenario(
    _ path: String, every: Duration? = nil, length: Duration? = nil
  ) throws -> Scenario {
    try scenario(text(of: path), path: path, every: every, length: length)
  }

  /// Reads a scenario that is at hand, and came from `path`.
  static func scenario(
    _ text: String, path: String, every: Duration?, length: Duration?
  ) throws -> Scenario {
    do {
      return try Scenario(yaml: text, path: path, every: every, length: length)
    } catch {
      throw Failure(.badPlan, error.description)
    }
  }
}

extension Failure {
  init(_ error: LogError) {
    switch error {
    case .cannotOpen: self.init(.noInput, error.description)
    case .cannotRead, .cannotWrite, .noMemory: self.init(.inputOutput, error.description)
    case .unknownFormat, .unknownColumns, .packed: self.init(.badData, error.description)
    }
  }
}

/// Folds recorded logs into a monitor.
enum Folding {
  /// Replays logs. `session` takes the place of their headers; `change` has the last word on the
  /// parameters; `witness` sees each observation when the monitor has.
  static func fold(
    _ paths: [String], session: Session? = nil, announces: Bool = false, isQuiet: Bool = false,
    change: (inout Detection) throws -> Void = { _ in },
    witness: ((Observation, Monitor) -> Void)? = nil
  ) throws -> Monitor {
    do {
      var stream = try LogStream(paths: paths, session: session)
      var monitor = Monitor(announces: announces)
      func adopt() throws {
        var session = stream.session
        try change(&session.detection)
        monitor.adopt(session)
      }
      try adopt()
      var generation = stream.generation
      while let observation = try stream.next() {
        if stream.generation != generation {
          generation = stream.generation
          try adopt()
        }
        while observation.target >= monitor.session.targets.count {
          monitor.add(stream.session.targets[monitor.session.targets.count])
        }
        _ = monitor.observe(observation)
        witness?(observation, monitor)
      }
      // A header may be the last thing in a log.
      if stream.generation != generation { try adopt() }
      for twice in stream.irregularities.toldTwice {
        monitor.forget(twice.time, of: twice.targets, after: .clockStepped)
      }
      if !isQuiet { say(stream.irregularities) }
      return monitor
    } catch let error as LogError {
      throw Failure(error)
    }
  }

  /// The notes of a file; none when it is not there, unless it must be.
  static func notes(_ path: String, mustExist: Bool = false) throws -> [Maintenance] {
    do {
      return try Notes.read(path, mustExist: mustExist) { Talk.warning($0.description) }
    } catch {
      throw Failure(error)
    }
  }

  private static func say(_ found: LogStream.Irregularities) {
    for problem in found.problems { Talk.warning(problem.description) }
    func lines(_ count: Int) -> String { count == 1 ? "1 line" : "\(count) lines" }
    if found.unreadable > 0 { Talk.warning("could not read \(lines(found.unreadable))") }
    if found.late > 0 {
      Talk.warning("left out \(lines(found.late)), more than 10 s out of order")
    }
    if found.vantages.count > 1 {
      Talk.warning(
        "these are logs of several vantages (\(found.vantages.joined(separator: ", "))), read as one; "
          + "replay them apart to compare them")
    }
    if found.reordered > 0 { Talk.detail("put in order: \(lines(found.reordered))") }
    if found.duplicates > 0 { Talk.notice("left out as duplicates: \(lines(found.duplicates))") }
  }

  /// The timeline of a log, or the reason why there is none.
  static func timeline(
    of monitor: Monitor, _ selection: SelectionOptions, _ report: ReportOptions, source: String
  ) throws -> Timeline {
    let nothing = Failure(.badData, "\(source) holds no observations")
    guard let observed = monitor.observed else { throw nothing }
    let now = Instant(milliseconds: Int64(time(nil)) * 1000)
    if observed.upperBound > now + Sequencer.tolerance {
      Talk.warning(
        "the log ends in the future, at \(observed.upperBound); is this machine's clock right?")
    }
    let selection = try selection.selection(
      of: monitor.session, end: observed.upperBound, zone: report.zone)
    if let since = selection.since, since >= observed.upperBound {
      throw Failure(
        .badData, "\(source) ends at \(observed.upperBound), before --since \(since)")
    }
    if let until = selection.until, until <= observed.lowerBound {
      throw Failure(
        .badData, "\(source) begins at \(observed.lowerBound), after --until \(until)")
    }
    guard let timeline = monitor.timeline(selection) else { throw nothing }
    return timeline
  }
}
