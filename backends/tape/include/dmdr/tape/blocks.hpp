// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace dmdr::tape {

/// Memory for at least `bytes` bytes, 64-byte aligned, not initialised: a block that this thread gave back before, or a new one.
///
/// A training step asks for the same sizes again and again. Handing them back to the operating system in between costs a page fault
/// for every 4 KiB at the next step.
[[nodiscard]] void* take_block(std::size_t bytes);
/// Gives a block of `take_block(bytes)` back, on any thread.
///
/// The thread keeps up to 64 MiB; further blocks, and all of them when the thread ends, go back to the system.
void give_block(void* block, std::size_t bytes) noexcept;

/// Bytes that this thread keeps for later.
[[nodiscard]] std::size_t kept_block_bytes() noexcept;

}  // namespace dmdr::tape

#ifndef DMDR_COMPILED
#include <dmdr/tape/blocks.ipp>  // IWYU pragma: export
#endif
