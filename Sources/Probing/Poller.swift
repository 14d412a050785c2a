import CLinux
import Glibc

/// Linux's epoll, shared by all that probe on one thread.
final class Poller {
  /// Whose descriptor it is.
  enum Owner: UInt32 {
    case caller, transfers, names, questions, echoes
  }

  struct Event {
    var owner: Owner
    var descriptor: Int32
    var canRead: Bool
    var canWrite: Bool
    var hasFailed: Bool
  }

  private let epoll: Int32
  /// By their descriptors, those that were left and may still be watched.
  @exclusivity(unchecked) private var isLeft: [Bool] = []
  @exclusivity(unchecked) private var ready = [epoll_event](repeating: epoll_event(), count: 512)

  init?() {
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    if epoll < 0 { return nil }
  }

  deinit { close(epoll) }

  /// Watches a descriptor for what is wanted of it, or changes what is; `isNew` if it was not
  /// watched before.
  func watch(_ descriptor: Int32, for owner: Owner, read: Bool, write: Bool, isNew: Bool) {
    var event = epoll_event()
    event.events = (read ? EPOLLIN.rawValue : 0) | (write ? EPOLLOUT.rawValue : 0)
    event.data.u64 = UInt64(owner.rawValue) << 32 | UInt64(UInt32(bitPattern: descriptor))
    let index = Int(descriptor)
    if isLeft.indices.contains(index) { isLeft[index] = false }
    let failed = epoll_ctl(epoll, isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, &event) != 0
    // One that was left, and not closed after all.
    if failed, isNew, errno == EEXIST { epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event) }
  }

  func forget(_ descriptor: Int32) {
    var event = epoll_event()
    epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
  }

  /// Leaves a descriptor that is most likely about to be closed, which ends the watching by itself.
  /// If it is not, it is forgotten at the first event it brings.
  func leave(_ descriptor: Int32) {
    let index = Int(descriptor)
    if index >= isLeft.count {
      isLeft += Array(repeating: false, count: index + 64 - isLeft.count)
    }
    isLeft[index] = true
  }

  /// Sleeps until something can be done, at most so many milliseconds, and returns how many events
  /// there are; nil when a signal came instead.
  func wait(milliseconds: Int32) -> Int? {
    let count = epoll_wait(epoll, &ready, Int32(ready.count), milliseconds)
    return count < 0 ? nil : Int(count)
  }

  /// One of the events that the latest wait has brought; nil when it concerns nobody any more.
  func event(_ index: Int) -> Event? {
    let (events, mark) = (ready[index].events, ready[index].data.u64)
    let descriptor = Int32(bitPattern: UInt32(truncatingIfNeeded: mark))
    if isLeft.indices.contains(Int(descriptor)), isLeft[Int(descriptor)] {
      forget(descriptor)
      return nil
    }
    return Event(
      owner: Owner(rawValue: UInt32(mark >> 32)) ?? .caller, descriptor: descriptor,
      canRead: events & EPOLLIN.rawValue != 0, canWrite: events & EPOLLOUT.rawValue != 0,
      hasFailed: events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0)
  }
}
