// PCRE2 wants to be told the width of a character before its header is read.
#pragma once
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
