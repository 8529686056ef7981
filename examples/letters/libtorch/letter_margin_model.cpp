// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "letters/libtorch/letter_margin_model.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "letters/caption.hpp"

namespace letters {

at::Tensor LetterMarginModel::score(const at::Tensor& pictures, const dmdr::TextPrompts& prompts,
                                    dmdr::Location where) const {
  std::vector<std::int64_t> letters;
  for (const std::string& prompt : prompts.texts()) letters.push_back(parse_caption(prompt, where).letter);
  return margin_.score(pictures, dmdr::ClassLabels(std::move(letters)), where);
}

}  // namespace letters
