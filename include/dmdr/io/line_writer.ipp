// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>

#include <dmdr/io/line_writer.hpp>

namespace dmdr::io {

DMDR_INLINE void open_standard_streams() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor)
    if (fcntl(descriptor, F_GETFD) == -1 && errno == EBADF)
      // The lowest free number, hence this one.
      static_cast<void>(::open("/dev/null", descriptor == 0 ? O_RDONLY : O_WRONLY));
}

DMDR_INLINE bool LineWriter::write_line(std::string_view line) {
  // What fits a pipe's atomic write is never torn; a longer line is cut.
  constexpr std::size_t longest = PIPE_BUF - 1;
  const bool written = write(std::string(line.substr(0, longest)) + "\n");
  if (!written) ++lost_;
  return written;
}

DMDR_INLINE bool LineWriter::write(std::string_view text) {
  if (broken_) return false;
  pollfd room{descriptor_, POLLOUT, 0};
  if (poll(&room, 1, 0) != 1 || (room.revents & POLLOUT) == 0) {
    broken_ = (room.revents & (POLLERR | POLLNVAL)) != 0;
    return false;
  }
  const ssize_t count = ::write(descriptor_, text.data(), text.size());
  if (count == static_cast<ssize_t>(text.size())) return true;
  broken_ = count >= 0 || (errno != EINTR && errno != EAGAIN);
  return false;
}

DMDR_INLINE bool LineWriter::is_terminal() const {
  const char* const name = std::getenv("TERM");
  return isatty(descriptor_) == 1 && name != nullptr && std::string_view(name) != "dumb";
}

DMDR_INLINE int LineWriter::columns() const {
  winsize size{};
  constexpr int usual = 80;
  return ioctl(descriptor_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}

}  // namespace dmdr::io
