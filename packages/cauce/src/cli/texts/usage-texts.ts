import type { Text } from '../../model/language.ts'

/** What is wrong with a command line; `{1}`, `{2}` … are what the parser named. */
export const usageTexts = {
  unknownOption: { en: 'there is no option {1}', es: 'no existe la opción {1}' },
  unknownCommand: { en: 'there is no command "{1}"', es: 'no existe la orden "{1}"' },
  missingArgument: { en: 'the argument <{1}> is missing', es: 'falta el argumento <{1}>' },
  missingValue: { en: 'the option {1} needs a value', es: 'la opción {1} necesita un valor' },
  invalidOption: {
    en: '"{2}" is no value for {1}: {3}',
    es: '"{2}" no es un valor para {1}: {3}',
  },
  invalidArgument: {
    en: '"{1}" is no value for <{2}>: {3}',
    es: '"{1}" no es un valor para <{2}>: {3}',
  },
  excessArguments: {
    en: 'too many arguments: {1}',
    es: 'sobran argumentos: {1}',
  },
  allowed: { en: 'write one of {1}', es: 'escriba uno de {1}' },
  didYouMean: { en: 'Did you mean {1}?', es: '¿Quiso decir {1}?' },
  wholeNumber: {
    en: 'write a whole number from {least} to {most}',
    es: 'escriba un número entero de {least} a {most}',
  },
  seeHelp: { en: 'Help: {command}', es: 'Ayuda: {command}' },
  nothingNamed: {
    en: 'Name the items to retry, or say --all.',
    es: 'Nombre los lotes que reintentar, o diga --all.',
  },
  namedAndAll: {
    en: 'Name items or say --all, not both.',
    es: 'Nombre lotes o diga --all, no ambas cosas.',
  },
} as const satisfies Record<string, Text>
