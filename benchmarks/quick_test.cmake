# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
#
# cmake -DBENCH=<program> -DOUTPUT=<file> -P quick_test.cmake: runs `dmdr_bench --quick` and asks its summary for every key.

file(REMOVE "${OUTPUT}")
execute_process(COMMAND "${BENCH}" --quick --output "${OUTPUT}" RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "dmdr_bench --quick ended with ${code}:\n${said}")
endif()
file(READ "${OUTPUT}" summary)

# need_spread(<key> ...): median and quartiles, in order and above 0.
function(need_spread)
  foreach(part IN ITEMS lower_quartile median upper_quartile)
    string(JSON ${part} ERROR_VARIABLE error GET "${summary}" ${ARGN} ${part})
    if(error OR NOT ${part} GREATER 0)
      message(FATAL_ERROR "${OUTPUT}: ${ARGN} ${part}: expected a number above 0, got '${${part}}' ${error}")
    endif()
  endforeach()
  if(lower_quartile GREATER median OR median GREATER upper_quartile)
    message(FATAL_ERROR "${OUTPUT}: ${ARGN}: ${lower_quartile}, ${median}, ${upper_quartile} do not rise")
  endif()
endfunction()

foreach(key IN ITEMS machine compiled_with allocator)
  string(JSON text ERROR_VARIABLE error GET "${summary}" ${key})
  if(error OR text STREQUAL "")
    message(FATAL_ERROR "${OUTPUT}: no ${key} ${error}")
  endif()
endforeach()

set(formulas renoise x0_from_velocity flow_matching_loss weighted_fake_loss cps_transition_sample gaussian_log_prob guided teacher_distance
             injected_dmd_loss grpo_clipped_objective refl_hinge)
foreach(formula IN LISTS formulas)
  foreach(size IN ITEMS 64x64 64x4096 16x65536)
    foreach(pass IN ITEMS forward backward forward_backward)
      need_spread(losses ${formula} ${size} ${pass} hand_seconds)
      need_spread(losses ${formula} ${size} ${pass} expression_over_hand)
    endforeach()
    foreach(pass IN ITEMS forward forward_backward)
      foreach(ratio IN ITEMS expression_over_eigen tape_over_hand tape_over_eigen)
        need_spread(losses ${formula} ${size} ${pass} ${ratio})
      endforeach()
    endforeach()
  endforeach()
endforeach()
foreach(key IN ITEMS by_hand_seconds trainer_seconds trainer_over_by_hand)
  need_spread(step ${key})
endforeach()
foreach(key IN ITEMS user_seconds megabytes)
  need_spread(compile dmdr_hpp_compiled ${key})
  need_spread(compile policy_header dmdr.rl.advantage.hpp ${key})
endforeach()

# Neither more formulas than this test knows.
list(LENGTH formulas expected)
string(JSON found LENGTH "${summary}" losses)
if(NOT found EQUAL expected)
  message(FATAL_ERROR "${OUTPUT}: ${found} formulas, and this test knows ${expected}: add the new ones")
endif()
