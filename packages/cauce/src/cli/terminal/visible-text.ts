export { visibleLines, visibleText } from '../../model/visible-text.ts'
