import FoundationEssentials
import Glibc
import JSONText
public import Outages

/// Maintenance that was noted afterwards, one line of JSON a note, only ever appended to. The probe
/// log is left as it was.
public enum Notes {
  /// Appends a note, stamped with when it was made.
  public static func append(
    _ note: Maintenance, at now: Instant, to path: String
  ) throws(LogError) {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw .cannotOpen(path: path, errno: errno) }
    defer { close(descriptor) }
    let json = JSON.object([
      "note": "outage/1", "noted": .string(now.description),
      "maintenance": MaintenanceLine.json(note),
    ])
    let line = Array((json.line + "\n").utf8)
    if write(descriptor, line, line.count) != line.count {
      throw .cannotWrite(path: path, errno: errno)
    }
  }

  /// Reads the notes of a file; none when there is no such file, unless it must be there. `report` is
  /// told of lines that are none.
  public static func read(
    _ path: String, mustExist: Bool = false, report: (LogProblem) -> Void
  ) throws(LogError) -> [Maintenance] {
    if !mustExist, access(path, F_OK) != 0, errno == ENOENT { return [] }
    let lines = LineReader(try ByteSource(path: path))
    var notes: [Maintenance] = []
    while let line = try lines.next() {
      if line.isEmpty { continue }
      let note = try? JSONDecoder().decode(Note.self, from: Data(line))
      if let maintenance = note?.maintenance.maintenance {
        notes.append(maintenance)
      } else {
        report(
          LogProblem(path: path, line: lines.number, message: "this is no note; it was left out"))
      }
    }
    return notes
  }

  private struct Note: Decodable {
    var maintenance: MaintenanceLine
  }
}
