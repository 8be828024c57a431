// SPDX-License-Identifier: Apache-2.0
//
// Text to programs and back. The syntax is described in docs/assembler.md; everything about instructions
// comes from the tables of isa/spec_gen.hpp.
//
// The assembler takes any value a field can hold, legal or not, so that tests can be written in it;
// isa/check.hpp tells what may run.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "isa/instruction.hpp"

namespace tessera::isa {

// what() is "file:line:column: message".
class SourceError : public std::runtime_error {
 public:
  SourceError(const std::string& file, unsigned line, unsigned column, const std::string& message);
  unsigned line() const { return line_; }      // From 1
  unsigned column() const { return column_; }  // From 1

 private:
  unsigned line_;
  unsigned column_;
};

// Names given by .equ.
using Symbols = std::map<std::string, std::int64_t, std::less<>>;

// One line of source being read, for the assembler and for directives. Blanks between tokens are skipped and
// a comment counts as the end of the line.
class LineReader {
 public:
  LineReader(const std::string& file, unsigned line, std::string_view text, const Symbols& symbols)
      : file_{file}, line_{line}, text_{text}, symbols_{symbols} {}

  bool at_end();
  char peek();  // The next character, or 0 at the end
  // Takes `c` if it is next.
  bool accept(char c);
  // Takes `c` or throws; `what` completes "expected ...".
  void expect(char c, const std::string& what);
  // A letter, '.' or '_', then letters, digits, '.' and '_'. Throws "expected <what>".
  std::string name(const std::string& what);
  // Sum of products of numbers, names and parenthesised expressions.
  std::int64_t expression();
  // Hexadecimal digits after "0x", up to 256 bits.
  Grain grain();
  // Text between double quotes; \" and \\ stand for themselves.
  std::string quoted();
  void expect_end();

  unsigned line() const { return line_; }
  unsigned column();  // Of the next token
  [[noreturn]] void fail(unsigned column, const std::string& message) const;

 private:
  void skip_blanks();
  [[noreturn]] void fail_expected(const std::string& what);
  std::int64_t product();
  std::int64_t primary();
  std::int64_t number();

  const std::string& file_;
  unsigned line_;
  std::string_view text_;
  const Symbols& symbols_;
  std::size_t at_ = 0;
};

struct Assembly {
  Program program;
  std::vector<unsigned> lines;  // Source line of each instruction
};

class Assembler {
 public:
  // Reads what follows the directive's name; the assembler itself checks that nothing is left. `so_far` is
  // what the lines before it gave, and may be added to.
  using Directive = std::function<void(LineReader& line, Assembly& so_far)>;

  Assembler();
  Assembler(const Assembler&) = delete;
  Assembler& operator=(const Assembler&) = delete;

  // Adds a directive; `name` includes its dot. Throws std::invalid_argument if there is one of this name.
  void add_directive(const std::string& name, Directive directive);
  // As .equ does. Throws std::invalid_argument if the name has another value already.
  void define(const std::string& name, std::int64_t value);
  // Throws SourceError at the first mistake. `file` is for its message only. Names stay defined.
  Assembly assemble(std::string_view source, const std::string& file = "program");

 private:
  void assemble_line(LineReader& line, Assembly& assembly);
  Grain assemble_instruction(LineReader& line, const spec::InstructionInfo& instruction);

  Symbols symbols_;
  std::map<std::string, Directive, std::less<>> directives_;
};

// A program from source with the built-in directives only.
Program assemble(std::string_view source, const std::string& file = "program");

// One line that assembles to exactly this grain: an instruction, or .grain if its opcode is unknown, a
// reserved bit is set, or it masks semaphores without being able to.
std::string disassemble(const Grain& grain);
// A line each.
std::string disassemble(const Program& program);

}  // namespace tessera::isa
